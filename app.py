"""Open the demo: five trained models read a heartbeat.

python app.py                            # http://127.0.0.1:7860, with the models in models/intra_patient
python app.py --host 0.0.0.0 --port 80   # for everyone on the network
"""

import argparse
import os
import socket
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # Gradio reads it at import; no request leaves the machine

import gradio as gr

from ecg import mitdb
from ecg.classifier import Model, load_models
from ecg.errors import InputError, explain_input_errors
from ui import api, beat_tab, compare_tab
from ui.look import CSS, THEME

MODELS = Path(__file__).parent / "models" / "intra_patient"
RESULTS = Path(__file__).parent / "results"
INTRODUCTION = """# One heartbeat, five readers
A SimpleRNN, a CNN, an LSTM, a GRU and an attention model, trained on the heartbeats of the MIT-BIH Arrhythmia Database, read
the same beat. For teaching and research: **this is not a medical device.**"""


def compose(models: dict[str, Model]) -> gr.Blocks:
    """Compose the app.

    Parameters
    ----------
    models : dict of str to Model
        The models that answer.

    Returns
    -------
    gradio.Blocks
        The app, ready to launch.
    """
    with gr.Blocks(title="ECG heartbeats") as demo:
        api.register(models)  # first: a listener before it would take its endpoint's name
        gr.Markdown(INTRODUCTION)
        with gr.Tab("A beat"):
            beat_tab.build(models, with_records=mitdb.find() is not None)
        with gr.Tab("Compare"):
            compare_tab.build(RESULTS)
    return demo


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Open the demo and serve it until interrupted.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.

    Raises
    ------
    InputError
        If the address cannot be served.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", metavar="ADDR", default="127.0.0.1", help="address to serve; default: %(default)s")
    parser.add_argument("--port", metavar="N", type=int, help="default: the first free one from 7860 on")
    options = parser.parse_args(arguments)
    if options.port is not None and not 1 <= options.port <= 65535:
        parser.error(f"--port must be a number from 1 to 65535, not {options.port}")
    if os.environ.get(mitdb.ENVIRONMENT_VARIABLE) and mitdb.find() is None:
        print(f"{mitdb.ENVIRONMENT_VARIABLE} names no folder with all MIT-BIH records: single test beats are not offered.")
    demo = compose(load_models(MODELS))
    try:
        socket.create_server((options.host, options.port or 0)).close()  # Gradio tries a hundred ports of a wrong address
        demo.launch(
            server_name=options.host,
            server_port=options.port,
            theme=THEME,
            css=CSS,
            run_history=False,
            footer_links=["api"],
            allowed_paths=[str(RESULTS)],
        )
    except OSError as error:
        address = f"{options.host}, port {options.port or '7860 or above'},"
        raise InputError(f"{address} cannot be served: {error}. Choose another --host or --port.") from error


if __name__ == "__main__":
    main()
