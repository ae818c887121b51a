"""The address ``/health`` for monitors."""

from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ecg import __version__
from hub.pull import ModelSet


def health_route(served: ModelSet) -> Route:
    """Answer with JSON: ``status``, the ``models`` for beats and for recordings, their ``source``, and ``versions``."""
    state = {
        "status": "ok",
        "models": {"for_beats": list(served.for_beats), "for_recordings": list(served.for_recordings)},
        "source": served.source,
        "versions": {"ecg": __version__, **{package: version(package) for package in ("gradio", "onnxruntime", "numpy")}},
    }

    async def health(_: Request) -> JSONResponse:
        return JSONResponse(state)

    return Route("/health", health)
