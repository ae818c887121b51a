"""Answer the exceptions that Gradio raises before it calls an endpoint's function.

An unknown name of an endpoint or of a parameter is the client's error: status 404. Everything else is an error of the server:
status 500, with a traceback in the log and nothing of the inside in the answer.
"""

from types import TracebackType

from fastapi.exceptions import RequestValidationError
from gradio.route_utils import FnIndexInferError
from gradio_client.utils import construct_args
from starlette.requests import Request
from starlette.responses import JSONResponse

from ui.middleware.error_messages import SERVER_ERROR

UNKNOWN_NAME = "There is no endpoint of that name, or it has no parameter of that name; /gradio_api/info lists them."
CALL_BY_NAMES_PATH = "/gradio_api/call/v2/"


def _answer_unknown_endpoint(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"detail": UNKNOWN_NAME}, 404)


def _answer_key_error(request: Request, error: Exception) -> JSONResponse:
    """Answer an unknown endpoint with 404: where parameters have names, Gradio looks it up in a dict."""
    functions = request.app.get_blocks().fns.values()
    public = {function.api_name for function in functions if function.api_visibility == "public"}
    if not request.url.path.startswith(CALL_BY_NAMES_PATH) or request.path_params.get("api_name") in public:
        raise error
    return JSONResponse({"detail": UNKNOWN_NAME}, 404)


def _answer_type_error(_: Request, error: Exception) -> JSONResponse:
    """Answer unknown parameters, and required ones that are missing, with 404: Gradio raises a TypeError for them."""
    if not _was_raised_in_construct_args(error.__traceback__):
        raise error
    return JSONResponse({"detail": UNKNOWN_NAME}, 404)


def _was_raised_in_construct_args(traceback: TracebackType | None) -> bool:
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback is not None and traceback.tb_frame.f_code is construct_args.__code__


def _answer_invalid_body(_: Request, error: Exception) -> JSONResponse:
    # FastAPI would also send back the invalid values: up to 32 MB, and NaN is no JSON
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    return JSONResponse({"detail": [{name: one[name] for name in ("type", "loc", "msg")} for one in errors]}, 422)


def _answer_server_error(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"detail": SERVER_ERROR}, 500)


EXCEPTION_HANDLERS = {
    RequestValidationError: _answer_invalid_body,
    FnIndexInferError: _answer_unknown_endpoint,
    KeyError: _answer_key_error,
    TypeError: _answer_type_error,
    Exception: _answer_server_error,
}
