"""Limit how many requests a second one address may send."""

import ipaddress
import math
import time
from collections import OrderedDict

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

REQUESTS_PER_S = 50.0
"""POST requests of one address. The server answers fewer, so that only a flood meets this limit."""
BURST = 200
"""Requests that an address may send at once, for instance a class behind one router."""
MOST_ADDRESSES = 10_000
"""Addresses that are remembered. Those that have asked least recently are forgotten."""


class RateLimit:
    """Refuse the requests of an address that sends too many: one token bucket for each address.

    Only POST counts: a page is a hundred small files, which cost nothing. The machine itself is not limited: who may run
    programs on it has other means. Behind a proxy the address is that of ``X-Forwarded-For``, if the proxy runs on this
    machine or ``FORWARDED_ALLOW_IPS`` names it. Otherwise all its clients share one bucket.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, and when they were counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with status 429."""
        app = self._app
        if scope["type"] == "http" and scope["method"] == "POST":
            address = (scope.get("client") or ("",))[0]
            wait_s = 0.0 if is_loopback(address) else self.take_token(address, time.monotonic())
            if wait_s > 0:
                app = _refusal(math.ceil(wait_s))
        await app(scope, receive, send)

    def take_token(self, address: str, now_s: float) -> float:
        """Take a token if there is one, and return 0; otherwise return in how many seconds there is one."""
        tokens, then_s = self._buckets.pop(address, (float(BURST), now_s))
        tokens = min(tokens + (now_s - then_s) * REQUESTS_PER_S, BURST)
        wait_s = max((1 - tokens) / REQUESTS_PER_S, 0.0)
        self._buckets[address] = (tokens if wait_s else tokens - 1, now_s)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return wait_s


def is_loopback(address: str) -> bool:
    """Tell whether an address is one of the machine itself."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _refusal(wait_s: int) -> JSONResponse:
    detail = (
        f"Too many requests from your address: at most {REQUESTS_PER_S:g} a second are answered. Try again in {wait_s} s. "
        "/classify_beats takes 5,000 beats in one request."
    )
    return JSONResponse({"detail": detail}, 429, {"Retry-After": str(wait_s)})
