"""The tab in which one beat is chosen and read by all models."""

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr
import numpy as np

from ecg import samples
from ecg.beat_input import EXPECTED, check_beat, parse_text
from ecg.classes import AAMI_CLASSES
from ecg.classifier import Model, classify
from ecg.figures import beat_figure, probability_figure
from ecg.mitdb import RECORDS
from ecg.templates import Template, load_templates, symbols_without_template
from ecg.verdict import answer_table, verdict
from ui.errors import shown_errors

Shown = tuple[Any, ...]
Show = Callable[[np.ndarray, str, str | None], Shown]
# the names of these listeners are no endpoints for programs; those stand in ui.api
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}
FIRST_LABEL = "V"
"""The page opens with a beat that one can see is not normal."""


def build(models: dict[str, Model], with_records: bool) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    models : dict of str to Model
        The models that read the beat.
    with_records : bool
        Whether the MIT-BIH records are at hand, so that single test beats can be chosen.
    """
    show = partial(_show, models)
    answer, beat, probabilities, table = _show_template(show, samples.buttons(FIRST_LABEL), 0)
    outputs = [
        gr.Markdown(answer, elem_id="verdict", render=False),
        gr.Plot(beat, show_label=False, elem_id="beat", render=False),
        gr.Plot(probabilities, show_label=False, elem_id="probabilities", render=False),
        gr.Dataframe(table, label="Probabilities", interactive=False, elem_id="answers", render=False),
    ]
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            _add_sample_buttons(show, outputs)
            _add_paste_box(show, outputs)
            if with_records:
                _add_record_chooser(show, outputs)
        with gr.Column(scale=3, min_width=320):
            for output in outputs:
                output.render()


def _show(models: dict[str, Model], beat: np.ndarray, title: str, truth: str | None) -> Shown:
    titles = {name: model.title for name, model in models.items()}
    answers = classify(models, beat)
    return (
        verdict(answers, titles, truth),
        beat_figure(beat, title),
        probability_figure(answers, titles),
        answer_table(answers, titles),
    )


def _add_sample_buttons(show: Show, outputs: list[gr.components.Component]) -> None:
    missing = ", ".join(symbols_without_template(load_templates()))
    gr.Markdown(
        "### Click a beat\nEach is the average of many beats of one MIT-BIH symbol in one record, none of them seen in "
        f"training. Of the symbols {missing} no record has enough beats to average."
    )
    for label, heartbeat_class in AAMI_CLASSES.items():
        templates = samples.buttons(label)
        buttons = gr.Dataset(
            label=f"{label}: {heartbeat_class.name}",
            components=["textbox"],
            samples=[[template.symbol] for template in templates],
            sample_labels=[f"{template.symbol} · record {template.record}" for template in templates],
            type="index",
            samples_per_page=len(templates),
            elem_id=f"samples-{label}",
        )
        buttons.click(partial(_show_template, show, templates), buttons, outputs, **PRIVATE)


def _show_template(show: Show, templates: list[Template], index: int) -> Shown:
    template = templates[index]
    title = f"{template.symbol}: {template.meaning}<br>record {template.record}, mean of {template.averaged} beats"
    return show(np.array(template.beat, dtype=np.float32), title, template.label)


def _add_paste_box(show: Show, outputs: list[gr.components.Component]) -> None:
    gr.Markdown(f"### Or paste one\n{EXPECTED} The class index may follow as number 188.")
    text = gr.Textbox(label="187 values", lines=3, max_lines=6, placeholder="1.0, 0.758, 0.112, …", elem_id="paste")
    button = gr.Button("Read this beat", variant="primary", elem_id="read")
    gr.on([button.click, text.submit], partial(_show_pasted, show), text, outputs, **PRIVATE)


def _show_pasted(show: Show, text: str) -> Shown:
    with shown_errors():
        beat, truth = check_beat(parse_text(text))
    return show(beat, "The beat you pasted", truth)


def _add_record_chooser(show: Show, outputs: list[gr.components.Component]) -> None:
    gr.Markdown("### Or a single test beat\nThe MIT-BIH records are on this machine. No model was trained on these beats.")
    with gr.Row():
        record = gr.Dropdown(list(RECORDS), value=None, label="Record", min_width=90, elem_id="record")
        label = gr.Dropdown([], label="Class", interactive=True, min_width=90, elem_id="class")
        number = gr.Number(1, label="Beat", precision=0, minimum=1, min_width=90, elem_id="number")
    button = gr.Button("Read this test beat", elem_id="read-test-beat")
    record.change(_offer_classes, record, label, **PRIVATE)
    button.click(partial(_show_test_beat, show), [record, label, number], outputs, **PRIVATE)


def _offer_classes(record: str) -> Any:
    with shown_errors():
        counts = samples.count_test_beats(record)
    choices = [(f"{label} ({count} beats)", label) for label, count in counts.items()]
    return gr.Dropdown(choices, value=choices[0][1])


def _show_test_beat(show: Show, record: str | None, label: str | None, number: int) -> Shown:
    if not record or not label:
        raise gr.Error("Choose a record and a class first.", print_exception=False)
    with shown_errors():
        sample = samples.get_test_beat(record, label, number)
    minutes, seconds = divmod(sample.seconds, 60)
    title = f"{sample.symbol}: {AAMI_CLASSES[sample.label].symbols[sample.symbol]}<br>record {sample.record}"
    title += f" at {minutes:.0f}:{seconds:04.1f}"
    return show(sample.beat, title, sample.label)
