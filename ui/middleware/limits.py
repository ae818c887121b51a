"""Limits on what one client may ask of the server: how often, and how much at once.

How much work a request makes is bounded by what it may hold (`ecg.io.beat_parser`, `ecg.io.recording`) and by
`ui.deadline`, how many wait by the queue. What is left is a client that floods the server, and bodies too large to be read.
"""

import ipaddress
import math
import time
from collections import OrderedDict

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

RATE = 50.0
"""Requests a second that set the server to work, of one address: more than it answers, so that only a flood meets it."""
BURST = 200
"""Requests that an address may send at once, for instance a class behind one router."""
MOST_ADDRESSES = 10_000
"""Addresses that are kept in mind; those that have asked least recently are forgotten."""
LARGEST_BODY = 32_000_000
"""Bytes: 5,000 beats with all their digits are 20 MB."""
LARGEST_UPLOAD = 610_000_000
"""Bytes of all files of an upload; each of them is limited by ``max_file_size`` of Gradio."""
UPLOAD = "/gradio_api/upload"


class RateLimit:
    """Refuse the requests of an address that sends too many: a token bucket for each.

    Only POST counts: a page is a hundred small files, which cost nothing. The machine itself is not limited: who may run
    programs on it has other means. Behind a proxy the address is that of ``X-Forwarded-For``, if the proxy runs on this
    machine or ``FORWARDED_ALLOW_IPS`` names it; else all its clients share one bucket.

    Parameters
    ----------
    app : ASGI application
        What is behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, and when that was

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with status 429."""
        app = self._app
        if scope["type"] == "http" and scope["method"] == "POST":
            address = (scope.get("client") or ("",))[0]
            wait = 0.0 if is_this_machine(address) else self.wait(address, time.monotonic())
            if wait > 0:
                app = _too_many(math.ceil(wait))
        await app(scope, receive, send)

    def wait(self, address: str, now: float) -> float:
        """Take a token, if there is one.

        Parameters
        ----------
        address : str
            Who asks.
        now : float
            The time, in s.

        Returns
        -------
        float
            0, or after how many s there is a token again.
        """
        tokens, then = self._buckets.pop(address, (float(BURST), now))
        tokens = min(tokens + (now - then) * RATE, BURST)
        wait = max((1 - tokens) / RATE, 0.0)
        self._buckets[address] = (tokens if wait else tokens - 1, now)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return wait


class BodyLimit:
    """Refuse bodies that are too large before they fill the memory.

    Parameters
    ----------
    app : ASGI application
        What is behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with status 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = LARGEST_UPLOAD if scope["path"] == UPLOAD else LARGEST_BODY
        promised = Headers(scope=scope).get("content-length", "")
        if promised.isdecimal() and int(promised) > most:
            await _too_large(most)(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:  # a body that does not say its length
                raise HTTPException(413, _words(most))
            return message

        await self._app(scope, counted, send)


def is_this_machine(address: str) -> bool:
    """Tell whether an address is one of the machine itself.

    Parameters
    ----------
    address : str
        The address.

    Returns
    -------
    bool
        Whether it is a loopback address.
    """
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _too_many(seconds: int) -> JSONResponse:
    words = (
        f"Too many requests from your address: at most {RATE:g} a second are answered. Try again in {seconds} s. "
        "/classify_beats takes 5,000 beats in one request."
    )
    return JSONResponse({"detail": words}, 429, {"Retry-After": str(seconds)})


def _too_large(most: int) -> JSONResponse:
    return JSONResponse({"detail": _words(most)}, 413, {"Connection": "close"})


def _words(most: int) -> str:
    return f"The request is too large: at most {most / 1e6:.0f} MB are read. Send less at once."
