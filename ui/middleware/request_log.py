"""Log requests: one line of JSON each, with nothing in it that a person has sent."""

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PARTS_OF_THE_PAGE = ("/assets/", "/static/", "/svelte/")
"""A hundred small files a visit, which tell an operator nothing."""


class RequestLog:
    """Write a line to standard error for every request that has been answered.

    It holds the ``time`` of the answer, the ``method``, the ``path`` as the server knows it, without what a client puts into
    its place (names of files, sessions), the ``status``, the ``ms`` it took, and the ``bytes`` sent. No address, no value.

    Parameters
    ----------
    app : ASGI application
        What is behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and log it."""
        if scope["type"] != "http" or scope["path"].startswith(PARTS_OF_THE_PAGE):
            await self._app(scope, receive, send)
            return
        start, status, sent = time.perf_counter(), 500, 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            status = message.get("status", status)
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            line = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "method": scope["method"],
                "path": known_path(scope),
                "status": status,
                "ms": round(1000 * (time.perf_counter() - start), 1),
                "bytes": sent,
            }
            print(json.dumps(line), file=sys.stderr, flush=True)


def known_path(scope: dict[str, Any] | Scope) -> str:
    """Name the path of a request without anything that a client has made up.

    Parameters
    ----------
    scope : dict
        The request, as ASGI describes it, once it has been answered.

    Returns
    -------
    str
        The template of the route with the name of the endpoint, if there is one of that name; ``"unknown"`` without a
        route.
    """
    app = scope["app"]
    if "route" in scope:
        name = scope["path_params"].get("api_name")
        path: str = scope["route"].path
        return path.replace("{api_name}", name) if name in {fn.api_name for fn in app.get_blocks().fns.values()} else path
    path = scope["path"].rstrip("/")
    return path if path in {getattr(route, "path", None) for route in app.routes} else "unknown"
