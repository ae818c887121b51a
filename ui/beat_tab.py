"""The tab "A beat": a beat is chosen, and all models classify it."""

from functools import partial
from typing import Any

import gradio as gr

from ecg.classes import AAMI_CLASSES
from ecg.data import sample_beats
from ecg.data.mitdb import RECORDS
from ecg.data.single_beats import count_test_beats, get_test_beat
from ecg.data.templates import Template, load_templates, symbols_without_template
from ecg.errors import InputError
from ecg.inference.classifier import Model
from ecg.io.beat_parser import EXPECTED, check_beat, parse_text
from ui import beat_file
from ui.beat_reading import BeatReading, Shown
from ui.errors import show_input_errors
from ui.listeners import PRIVATE_MINIMAL
from ui.markup import verbatim

FIRST_SAMPLE = "V-208"
"""The page opens with a beat that is visibly not normal."""


def build(demo: gr.Blocks, models: dict[str, Model], with_records: bool) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    demo : gradio.Blocks
        The app.
    models : dict of str to Model
        The models that classify the beat.
    with_records : bool
        Whether the MIT-BIH records are on this machine, so that single test beats can be chosen.
    """
    reading = BeatReading(models, sample_beats.get_sample(FIRST_SAMPLE))
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            _add_sample_buttons(reading)
            _add_paste_box(reading)
            beat_file.build(reading)
            if with_records:
                _add_record_chooser(reading)
        with gr.Column(scale=3, min_width=320):
            reading.render()
    _add_deep_link(demo, reading)


def _add_deep_link(demo: gr.Blocks, reading: BeatReading) -> None:
    def show_linked(looker: str, request: gr.Request) -> Any:
        wanted = request.query_params.get("sample")
        if wanted is None:
            return gr.skip()
        try:
            template = sample_beats.get_sample(wanted)
        except InputError as error:
            gr.Warning(verbatim(str(error)))
            return gr.skip()
        return reading.read_template(template, looker)

    demo.load(show_linked, [reading.looker], reading.outputs, **PRIVATE_MINIMAL)


def _add_sample_buttons(reading: BeatReading) -> None:
    missing = ", ".join(symbols_without_template(load_templates()))
    gr.Markdown(
        "## Click a beat\nEach is the average of many beats of one MIT-BIH symbol in one record. None of them was used in "
        f"training. No record has enough beats of the symbols {missing}."
    )
    for label, heartbeat_class in AAMI_CLASSES.items():
        templates = sample_beats.buttons(label)
        buttons = gr.Dataset(
            label=f"{label}: {heartbeat_class.name}",
            components=["textbox"],
            samples=[[template.symbol] for template in templates],
            sample_labels=[f"{template.symbol} · record {template.record}" for template in templates],
            type="index",
            samples_per_page=len(templates),
            elem_id=f"samples-{label}",
        )
        inputs = [buttons, reading.looker]
        buttons.click(partial(_show_template, reading, templates), inputs, reading.outputs, **PRIVATE_MINIMAL)


def _show_template(reading: BeatReading, templates: list[Template], index: int, looker: str) -> Shown:
    return reading.read_template(templates[index], looker)


def _add_paste_box(reading: BeatReading) -> None:
    gr.Markdown(f"## Or paste one\n{EXPECTED} The class index may follow as number 188.")
    text = gr.Textbox(label="187 values", lines=3, max_lines=6, placeholder="1.0, 0.758, 0.112, …", elem_id="paste")
    button = gr.Button("Read this beat", variant="primary", elem_id="read")
    inputs = [text, reading.looker]
    gr.on([button.click, text.submit], partial(_show_pasted, reading), inputs, reading.outputs, **PRIVATE_MINIMAL)


def _show_pasted(reading: BeatReading, text: str, looker: str) -> Shown:
    with show_input_errors(verbatim):
        beat, truth = check_beat(parse_text(text))
    return reading.read(beat, "The beat you pasted", looker, truth)


def _add_record_chooser(reading: BeatReading) -> None:
    gr.Markdown("## Or a single test beat\nThe MIT-BIH records are on this machine. No model was trained on these beats.")
    with gr.Row():
        record = gr.Dropdown(list(RECORDS), value=None, label="Record", min_width=90, elem_id="record")
        label = gr.Dropdown([], label="Class", interactive=True, min_width=90, elem_id="class")
        number = gr.Number(1, label="Beat", precision=0, minimum=1, min_width=90, elem_id="number")
    button = gr.Button("Read this test beat", elem_id="read-test-beat")
    record.change(_offer_classes, record, label, **PRIVATE_MINIMAL)
    inputs = [record, label, number, reading.looker]
    button.click(partial(_show_test_beat, reading), inputs, reading.outputs, **PRIVATE_MINIMAL)


def _offer_classes(record: str) -> Any:
    with show_input_errors(verbatim):
        counts = count_test_beats(record)
    choices = [(f"{label} ({count} beats)", label) for label, count in counts.items()]
    return gr.Dropdown(choices, value=choices[0][1])


def _show_test_beat(reading: BeatReading, record: str | None, label: str | None, number: int, looker: str) -> Shown:
    if not record or not label:
        raise gr.Error("Choose a record and a class first.", print_exception=False)
    with show_input_errors(verbatim):
        sample = get_test_beat(record, label, number)
    minutes, seconds = divmod(sample.seconds, 60)
    title = f"{sample.symbol}: {AAMI_CLASSES[sample.label].symbols[sample.symbol]}<br>record {sample.record}"
    title += f" at {minutes:.0f}:{seconds:04.1f}"
    return reading.read(sample.beat, title, looker, sample.label, sample.symbol)
