"""Give a message to a failed call for which Gradio sends ``{"error": null}``."""

import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SERVER_ERROR = (
    "The server could not answer this. Either the data do not fit the endpoint, whose parameters /gradio_api/info lists, or "
    "the fault is the server's own."
)
EVENT_STREAM = (b"content-type", b"text/event-stream; charset=utf-8")


class ErrorMessages:
    """Put a message where Gradio sends none.

    Gradio says nothing of an exception other than `gradio.Error`. Its ``show_error=True`` would show the inside of the server.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        is_event_stream = False

        async def send_with_message(message: Message) -> None:
            nonlocal is_event_stream
            is_event_stream = is_event_stream or EVENT_STREAM in message.get("headers", ())
            if is_event_stream and message["type"] == "http.response.body":
                message["body"] = with_message(message["body"])
            await send(message)

        await self._app(scope, receive, send_with_message)


def with_message(event: bytes) -> bytes:
    """Put a message into a part of an event stream, if it holds an error without one."""
    error = json.dumps({"error": SERVER_ERROR}).encode()
    return event.replace(b'{"error": null}', error).replace(b'{"error":null}', error)
