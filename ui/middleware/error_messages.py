"""Say what went wrong with a request, and nothing about the inside of the server."""

import json

from fastapi.exceptions import RequestValidationError
from gradio.route_utils import FnIndexInferError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CALLS = "/gradio_api/call/"
UNKNOWN_NAME = "There is no endpoint of that name, or it has no parameter of that name; /gradio_api/info lists them."
FAILURE = (
    "The server could not answer this. Either the data do not fit the endpoint, whose parameters /gradio_api/info lists, or "
    "the fault is the server's own."
)


class WordedFailures:
    """Put a message where Gradio sends ``{"error": null}``: it tells nothing of an exception that is not meant for people.

    Parameters
    ----------
    app : ASGI application
        What is behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        told = False

        async def worded(message: Message) -> None:
            nonlocal told
            told = told or (b"content-type", b"text/event-stream; charset=utf-8") in message.get("headers", ())
            if told and message["type"] == "http.response.body":
                message["body"] = with_words(message["body"])
            await send(message)

        await self._app(scope, receive, worded)


def with_words(event: bytes) -> bytes:
    """Put a message where an event has none.

    Parameters
    ----------
    event : bytes
        Part of a stream of events.

    Returns
    -------
    bytes
        The same with a message.
    """
    message = json.dumps({"error": FAILURE}).encode()
    return event.replace(b'{"error": null}', message).replace(b'{"error":null}', message)


def _unknown_name(request: Request, error: Exception) -> JSONResponse:
    if not request.url.path.startswith(CALLS):
        raise error
    return JSONResponse({"detail": UNKNOWN_NAME}, 404)


def _wrong_body(_: Request, error: Exception) -> JSONResponse:
    # FastAPI also sends back what was wrong: up to 32 MB, and of NaN it cannot
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    return JSONResponse({"detail": [{name: one[name] for name in ("type", "loc", "msg")} for one in errors]}, 422)


def _failure(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"detail": FAILURE}, 500)


EXCEPTION_HANDLERS = {
    RequestValidationError: _wrong_body,
    FnIndexInferError: _unknown_name,
    KeyError: _unknown_name,  # what Gradio raises where parameters are given by name
    TypeError: _unknown_name,
    Exception: _failure,
}
"""What is answered where an exception is raised outside an endpoint's function."""
