"""Keep pages of other sites from using the server by way of a visitor's browser."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

REFUSAL = "Pages of other sites may not use this server. A program may, and so may a page that is served here."


class SameOrigin:
    """Refuse what a browser sends for the page of another site.

    Gradio lets any page read the answers of a server that is not on the visitor's own machine, with the visitor's cookies.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with status 403."""
        refused = scope["type"] == "http" and is_foreign(Headers(scope=scope))
        await (JSONResponse({"detail": REFUSAL}, 403) if refused else self._app)(scope, receive, send)


def is_foreign(headers: Headers) -> bool:
    """Tell whether a request comes from the page of another site.

    It does if ``Origin`` names another host than the one that is asked, or that a proxy says was asked. Programs send none.
    """
    hosts = {_host(f"//{headers.get(name, '')}") for name in ("host", "x-forwarded-host")}
    return "origin" in headers and _host(headers["origin"]) not in hosts - {None}


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
