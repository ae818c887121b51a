"""The tab in which a person's own recording is read, beat by beat."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ecg.inference.classifier import Model
from ecg.inference.recording_analysis import Analysis, analyse
from ecg.inference.recording_figures import strip_figure, tachogram
from ecg.inference.recording_summary import agreement_table, beat_table, summarise, write_annotation
from ecg.inference.recording_text import count_table, describe, describe_agreement, describe_beat, next_disagreement
from ecg.io.readers import FORMATS, read_recording
from ecg.io.recording import UNITS, Recording
from ecg.io.sample_recording import read_excerpt
from ui.deadline import LONGEST, within
from ui.downloads import in_cache, written_in_cache
from ui.errors import shown_errors
from ui.markup import verbatim

INTRODUCTION = f"""## Give a recording
{FORMATS[0].upper()}{FORMATS[1:]}: one lead is read, MLII or II if there is one. With a reference annotation (`.atr`) the
answers are compared with it. The models are those trained on all 48 records; on people they have not met they err more often
than in *A beat*: see *Compare*. **This is not a medical device.**"""
LENGTHS = {"10 s": 10.0, "30 s": 30.0, "5 min": 300.0, "1 h": 3600.0, "all": 7 * 24 * 3600.0}
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
KEPT = 3600
"""Seconds that a recording is kept for the page that shows it."""


def build(models: dict[str, Model]) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    models : dict of str to Model
        The models that read recordings.
    """
    titles = {name: model.title for name, model in models.items()}
    kept = gr.State(None, time_to_live=KEPT)
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(INTRODUCTION)
            inputs = _add_inputs()
            read = gr.Button("Read this recording", variant="primary", elem_id="read-recording")
            example = gr.Button("Try a real recording", elem_id="example-recording")
        with gr.Column(scale=3, min_width=320):
            summary = gr.Markdown("No recording has been read yet.", elem_id="summary", min_height=220)
            counts = gr.Dataframe(
                label="Beats of each class", interactive=False, visible=False, elem_id="counts", elem_classes="comparison"
            )
    with gr.Column(visible=False) as results:
        strip, window = _add_strip(kept, titles)
        rhythm = gr.Plot(show_label=False, elem_id="tachogram")
        compared = gr.Markdown(visible=False, elem_id="agreement")
        table = gr.Dataframe(
            label="Agreement", interactive=False, visible=False, elem_id="agreement-table", elem_classes="comparison"
        )
        with gr.Row():
            files = [
                gr.DownloadButton("Download the beats as CSV", elem_id="beats-csv"),
                gr.DownloadButton("Download them as a WFDB annotation", elem_id="beats-annotation"),
            ]
    outputs = [kept, results, summary, counts, rhythm, compared, table, *window, strip, *files]
    read.click(partial(_read, models, titles), inputs, outputs, **PRIVATE)
    example.click(partial(_read_example, models, titles), None, outputs, **PRIVATE)


def _add_inputs() -> list[gr.components.Component]:
    files = gr.File(label="Recording", file_count="multiple", elem_id="recording")
    with gr.Accordion("What the file does not say", open=False), gr.Row():
        fs = gr.Number(None, label="Sampling rate (Hz)", minimum=0, min_width=90, elem_id="fs")
        unit = gr.Dropdown(["", *UNITS.values()], value="", label="Unit", min_width=90, elem_id="unit")
        lead = gr.Textbox("", label="Lead", placeholder="name or number", min_width=90, elem_id="lead", max_lines=1)
    return [files, fs, unit, lead]


def _add_strip(kept: gr.State, titles: dict[str, str]) -> tuple[gr.Plot, list[gr.components.Component]]:
    strip = gr.Plot(show_label=False, elem_id="strip", render=False)
    with gr.Row():
        start = gr.Slider(0, 1, 0, step=0.5, label="From (s)", elem_id="start", scale=3, min_width=200)
        length = gr.Radio(list(LENGTHS), value="10 s", label="Shown", elem_id="length", scale=2, min_width=200)
    strip.render()
    with gr.Row():
        back = gr.Button("◀ Where the models disagree", elem_id="previous-disagreement")
        forward = gr.Button("Where the models disagree ▶", elem_id="next-disagreement")
    said = gr.Markdown(elem_id="disagreement")
    at = gr.State(-1.0)
    for control in (start, length):
        control.input(_draw, [kept, start, length], strip, trigger_mode="always_last", show_progress="hidden", **PRIVATE)
    for button, step in ((back, -1), (forward, 1)):
        button.click(
            partial(_step, titles, step),
            [kept, at, start, length],
            [at, start, strip, said],
            show_progress="minimal",
            **PRIVATE,
        )
    return strip, [start, at, said]


def _read(
    models: dict[str, Model],
    titles: dict[str, str],
    files: list[str] | None,
    fs: float | None,
    unit: str,
    lead: str,
    progress: gr.Progress = gr.Progress(),  # noqa: B008  (this is how Gradio is told to pass one)
) -> tuple[Any, ...]:
    with shown_errors(verbatim):
        recording = read_recording([Path(file) for file in files or []], fs or None, unit or None, lead or None)
        return _shown(models, titles, recording, progress)


def _read_example(
    models: dict[str, Model],
    titles: dict[str, str],
    progress: gr.Progress = gr.Progress(),  # noqa: B008
) -> tuple[Any, ...]:
    with shown_errors(verbatim):
        return _shown(models, titles, read_excerpt(), progress)


def _shown(models: dict[str, Model], titles: dict[str, str], recording: Recording, progress: gr.Progress) -> tuple[Any, ...]:
    analysis = analyse(recording, models, within(LONGEST, lambda share, doing: progress(share, desc=doing)))
    summary = summarise(analysis)
    compared = summary["agreement"]
    return (
        analysis,
        gr.Column(visible=True),
        describe(_verbatim(summary)),
        gr.Dataframe(count_table(summary, titles), visible=True),
        tachogram(analysis),
        gr.Markdown(describe_agreement(compared) if compared else "", visible=compared is not None),
        gr.Dataframe(agreement_table(analysis, titles) if compared else None, visible=compared is not None),
        gr.Slider(maximum=max(recording.seconds - 1, 1), value=0),
        -1.0,
        "",
        _strip(analysis, 0, "10 s"),
        in_cache("beats.csv", beat_table(analysis).to_csv(index=False).encode()),
        written_in_cache(partial(write_annotation, analysis)),
    )


def _draw(analysis: Analysis | None, start: float, length: str) -> Any:
    if analysis is None:
        raise gr.Error("The recording is no longer kept. Read it again.", print_exception=False)
    return _strip(analysis, start, length)


def _strip(analysis: Analysis, start: float, length: str) -> Any:
    recording = analysis.recording
    name, lead, unit = map(verbatim, (recording.name, recording.lead, recording.unit))
    shown = replace(analysis, recording=replace(recording, name=name, lead=lead, unit=unit))
    return strip_figure(shown, start, LENGTHS[length])


def _verbatim(summary: dict[str, Any]) -> dict[str, Any]:
    """Let the names that the file gives stand for themselves."""
    names = {name: verbatim(summary[name] or "") for name in ("recording", "lead")}
    return summary | names | {"warnings": [verbatim(warning) for warning in summary["warnings"]]}


def _step(
    titles: dict[str, str], step: int, analysis: Analysis | None, at: float, start: float, length: str
) -> tuple[Any, ...]:
    if analysis is None:
        raise gr.Error("The recording is no longer kept. Read it again.", print_exception=False)
    beat = next_disagreement(analysis, at, step)
    if beat is None:
        if not analysis.disagreement.any():
            return at, start, gr.skip(), "The models agree on every beat."
        return at, start, gr.skip(), f"There is none {'after' if step > 0 else 'before'} that."
    time = float(analysis.seconds[beat])
    start = round(max(time - LENGTHS[length] / 2, 0), 1)
    return time, start, _strip(analysis, start, length), describe_beat(analysis, beat, titles)
