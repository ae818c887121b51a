"""Log requests: one line of JSON each, with nothing in it that a person has sent."""

import json
import sys
import time
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSET_PATHS = ("/assets/", "/static/", "/svelte/")
"""Not logged: a hundred small files a visit, which tell an operator nothing."""


class RequestLog:
    """Write a line to standard error for every request that has been answered.

    The line holds the ``time`` of the answer, the ``method``, the ``path`` as the template of its route (without names of
    files and sessions), the ``status``, the ``ms`` it took, and the ``bytes`` sent. It holds no address and no value.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and log it."""
        if scope["type"] != "http" or scope["path"].startswith(ASSET_PATHS):
            await self._app(scope, receive, send)
            return
        start, status, sent = time.perf_counter(), 500, 0

        async def send_counted(message: Message) -> None:
            nonlocal status, sent
            status = message.get("status", status)
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, send_counted)
        finally:
            line = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "method": scope["method"],
                "path": route_path(scope),
                "status": status,
                "ms": round(1000 * (time.perf_counter() - start), 1),
                "bytes": sent,
            }
            print(json.dumps(line), file=sys.stderr, flush=True)


def route_path(scope: Scope) -> str:
    """Return the template of the route of an answered request, with the name of the endpoint where there is one of that name.

    It holds nothing that a client has made up. Without a route it is ``"unknown"``.
    """
    app = scope["app"]
    if "route" in scope:
        name = scope["path_params"].get("api_name")
        path: str = scope["route"].path
        return path.replace("{api_name}", name) if name in {fn.api_name for fn in app.get_blocks().fns.values()} else path
    path = scope["path"].rstrip("/")
    return path if path in {getattr(route, "path", None) for route in app.routes} else "unknown"
