"""Serve the demo: five trained models classify heartbeats.

python app.py                            # http://127.0.0.1:7860, with the models in models/
python app.py --host 0.0.0.0 --port 80   # for everyone on the network
python app.py --hub NS                   # with the models that NS has published on the Hugging Face Hub
"""

import argparse
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Gradio reads these at import. No request leaves the machine, and no request waits for statistics of all others.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**12))

from ui.no_stubs import no_type_stubs

with no_type_stubs():
    import gradio as gr

from starlette.middleware import Middleware
from starlette.routing import Route

from ecg.data import mitdb
from ecg.errors import InputError, explain_input_errors
from hub.pull import ModelSet, load_shipped, pull_or_fall_back
from ui import api, beat_tab, compare_tab, data_tab, recording_api, recording_tab, use_tab
from ui.batch_filter import answer_invalid_alone
from ui.exception_handlers import EXCEPTION_HANDLERS
from ui.health import health_route
from ui.idle_queue import wait_instead_of_polling
from ui.middleware.body_limit import BodyLimit
from ui.middleware.error_messages import ErrorMessages
from ui.middleware.forget_calls import ForgetCalls
from ui.middleware.rate_limit import RateLimit
from ui.middleware.request_log import RequestLog
from ui.middleware.same_origin import SameOrigin
from ui.middleware.security_headers import SecurityHeaders
from ui.no_downloads import refuse_downloads
from ui.theme import CSS, THEME

MODELS = Path(__file__).parent / "models"
RESULTS = Path(__file__).parent / "results"
UPLOADS_KEPT_S = 3600
CLEAN_UP_EVERY_S = 600
LARGEST_FILE = "300mb"
MOST_WAITING = 64
"""Requests in the queue. Those beyond are refused with that reason."""
MOST_SESSIONS = 1000
"""Open pages, and calls whose answer has not been fetched, that are kept in memory: half a megabyte each."""
MIDDLEWARE: list[Any] = [SecurityHeaders, SameOrigin, RateLimit, BodyLimit, ForgetCalls, ErrorMessages]
"""From the network to the app."""
INTRODUCTION = """# One heartbeat, five readers
A SimpleRNN, a CNN, an LSTM, a GRU and an attention model classify the same heartbeat. They were trained on the MIT-BIH
Arrhythmia Database. For teaching and research: **this is not a medical device.**"""


def compose(served: ModelSet, problems: Sequence[str] = (), namespace: str | None = None) -> gr.Blocks:
    """Compose the app.

    Parameters
    ----------
    served : ModelSet
        The models that answer.
    problems : sequence of str
        Why these are not the models that were asked for.
    namespace : str, optional
        Of the Hub: who has published the models.
    """
    with gr.Blocks(title="ECG heartbeats", delete_cache=(CLEAN_UP_EVERY_S, UPLOADS_KEPT_S)) as demo:
        api.register(served.for_beats)  # first: an earlier listener would take the name of its endpoint
        recording_api.register(served.for_recordings)
        gr.Markdown(INTRODUCTION)
        for problem in problems:
            gr.Markdown(f"⚠ {problem}", elem_classes="problem")
        with gr.Tab("A beat"):
            beat_tab.build(demo, served.for_beats, with_records=mitdb.find() is not None)
        with gr.Tab("A recording"):
            recording_tab.build(served.for_recordings)
        with gr.Tab("Compare"):
            compare_tab.build(RESULTS)
        with gr.Tab("The data"):
            data_tab.build(RESULTS)
        with gr.Tab("Use it"):
            use_tab.build(demo, served, namespace)
        gr.Markdown(f"Models: {served.source}", elem_id="source")
    return demo


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # a Space sets these variables
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    namespace = os.environ.get("ECG_HUB_NAMESPACE")
    parser.add_argument("--host", metavar="ADDR", default=host, help="address to serve; default: %(default)s")
    parser.add_argument("--port", metavar="N", type=int, help="default: the first free one from 7860 on")
    parser.add_argument("--hub", metavar="NS", default=namespace, help="serve the models this namespace has published")
    parser.add_argument("--revision", metavar="REV", help="tag, branch or commit of those models; default: the newest")
    options = parser.parse_args(arguments)
    if options.port is not None and not 1 <= options.port <= 65535:
        parser.error(f"--port must be a number from 1 to 65535, not {options.port}")
    return options


def serve(demo: gr.Blocks, host: str, port: int | None, routes: Sequence[Route] = ()) -> None:
    """Serve the app until interrupted or asked to end. Answers under way then get some seconds.

    Parameters
    ----------
    demo : gradio.Blocks
        The app.
    host, port : str, int or None
        The address; without a port the first free one from 7860 on.
    routes : sequence of starlette.routing.Route
        What is served beside the app.

    Raises
    ------
    InputError
        If the address cannot be served.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    refuse_downloads()
    # a person at a terminal sees no log; `2> requests.jsonl` keeps it
    layers = MIDDLEWARE if sys.stderr.isatty() else [RequestLog, *MIDDLEWARE]
    app_kwargs = {
        "routes": list(routes),
        "middleware": [Middleware(layer) for layer in layers],
        "exception_handlers": EXCEPTION_HANDLERS,
    }
    try:
        socket.create_server((host, port or 0)).close()  # Gradio tries a hundred ports of a wrong address
        demo.queue(max_size=MOST_WAITING, api_open=False)  # nobody jumps the queue
        answer_invalid_alone(demo._queue, api.is_beat)
        wait_instead_of_polling(demo._queue)
        demo.launch(
            server_name=host,
            server_port=port,
            theme=THEME,
            css=CSS,
            run_history=False,
            footer_links=["api"],
            max_file_size=LARGEST_FILE,
            state_session_capacity=MOST_SESSIONS,
            mcp_server=True,
            enable_monitoring=False,
            app_kwargs=app_kwargs,
            allowed_paths=[str(RESULTS)],
        )
    except OSError as error:
        address = f"{host}, port {port or '7860 or above'},"
        raise InputError(f"{address} cannot be served: {error}. Choose another --host or --port.") from error


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt  # Gradio then ends in good order


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Serve the demo."""
    options = parse(arguments)
    if os.environ.get(mitdb.ENVIRONMENT_VARIABLE) and mitdb.find() is None:
        print(f"{mitdb.ENVIRONMENT_VARIABLE} names no folder with all MIT-BIH records: single test beats are not offered.")
    served, problems = load_shipped(MODELS), list[str]()
    if options.hub:
        served, problems = pull_or_fall_back(options.hub, options.revision, served)
    for line in [*problems, f"Models: {served.source}"]:
        print(line, flush=True)
    serve(compose(served, problems, options.hub), options.host, options.port, [health_route(served)])


if __name__ == "__main__":
    main()
