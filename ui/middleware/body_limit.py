"""Limit how many bytes a request may hold.

How much work a request makes is bounded elsewhere: by what it may hold (`ecg.io.beat_parser`, `ecg.io.recording`), by
`ui.deadline`, and by the length of the queue.
"""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY_BYTES = 32_000_000
"""5,000 beats with all their digits are 20 MB."""
LARGEST_UPLOAD_BYTES = 610_000_000
"""All files of an upload; each of them is limited by ``max_file_size`` of Gradio."""
UPLOAD_PATH = "/gradio_api/upload"


class BodyLimit:
    """Refuse bodies that are too large before they fill the memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with status 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = LARGEST_UPLOAD_BYTES if scope["path"] == UPLOAD_PATH else LARGEST_BODY_BYTES
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            refusal = JSONResponse({"detail": _message(limit)}, 413, {"Connection": "close"})
            await refusal(scope, receive, send)
            return
        read = 0

        async def receive_counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:  # a body without a declared length
                raise HTTPException(413, _message(limit))
            return message

        await self._app(scope, receive_counted, send)


def _message(limit: int) -> str:
    return f"The request is too large: at most {limit / 1e6:.0f} MB are read. Send less at once."
