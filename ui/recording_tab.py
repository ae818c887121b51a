"""The tab "A recording": a recording is uploaded, and all models classify its beats."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ecg.inference.classifier import Model
from ecg.inference.recording_analysis import Analysis, analyse
from ecg.inference.recording_figures import strip_figure, tachogram
from ecg.inference.recording_summary import agreement_table, recording_beats_table, summarise, write_annotation
from ecg.inference.recording_text import count_table, describe, describe_agreement, describe_beat, next_disagreement
from ecg.io.readers import FORMATS, read_recording
from ecg.io.recording import UNITS, Recording
from ecg.io.sample_recording import read_excerpt
from ui.deadline import LONGEST_ANALYSIS_S, with_deadline
from ui.downloads import save_download, save_written_download
from ui.errors import show_input_errors
from ui.listeners import PRIVATE, PRIVATE_MINIMAL
from ui.markup import verbatim

INTRODUCTION = f"""## Give a recording
{FORMATS[0].upper()}{FORMATS[1:]}: one lead is read, MLII or II if there is one. With a reference annotation (`.atr`) the
answers are compared with it. The models were trained on all 48 records. On patients not seen in training they make more
errors than in *A beat*: see *Compare*. **This is not a medical device.**"""
LENGTHS_S = {"10 s": 10.0, "30 s": 30.0, "5 min": 300.0, "1 h": 3600.0, "all": 7 * 24 * 3600.0}
RECORDING_KEPT_S = 3600
"""For the page that shows it."""
RECORDING_GONE = "The recording is no longer kept. Read it again."


def build(models: dict[str, Model]) -> None:
    """Add the tab's content to the app that is being composed. The models take beats in context."""
    titles = {name: model.title for name, model in models.items()}
    analysis = gr.State(None, time_to_live=RECORDING_KEPT_S)
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
        strip, window = _add_strip(analysis, titles)
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
    outputs = [analysis, results, summary, counts, rhythm, compared, table, *window, strip, *files]
    read.click(partial(_read, models, titles), inputs, outputs, **PRIVATE)
    example.click(partial(_read_example, models, titles), None, outputs, **PRIVATE)


def _add_inputs() -> list[gr.components.Component]:
    files = gr.File(label="Recording", file_count="multiple", elem_id="recording")
    with gr.Accordion("What the file does not say", open=False), gr.Row():
        fs = gr.Number(None, label="Sampling rate (Hz)", minimum=0, min_width=90, elem_id="fs")
        unit = gr.Dropdown(["", *UNITS.values()], value="", label="Unit", min_width=90, elem_id="unit")
        lead = gr.Textbox("", label="Lead", placeholder="name or number", min_width=90, elem_id="lead", max_lines=1)
    return [files, fs, unit, lead]


def _add_strip(analysis: gr.State, titles: dict[str, str]) -> tuple[gr.Plot, list[gr.components.Component]]:
    strip = gr.Plot(show_label=False, elem_id="strip", render=False)
    with gr.Row():
        start = gr.Slider(0, 1, 0, step=0.5, label="From (s)", elem_id="start", scale=3, min_width=200)
        length = gr.Radio(list(LENGTHS_S), value="10 s", label="Shown", elem_id="length", scale=2, min_width=200)
    strip.render()
    with gr.Row():
        back = gr.Button("◀ Where the models disagree", elem_id="previous-disagreement")
        forward = gr.Button("Where the models disagree ▶", elem_id="next-disagreement")
    sentence = gr.Markdown(elem_id="disagreement")
    at = gr.State(-1.0)
    for control in (start, length):
        control.input(_draw, [analysis, start, length], strip, trigger_mode="always_last", show_progress="hidden", **PRIVATE)
    for button, step in ((back, -1), (forward, 1)):
        button.click(
            partial(_step, titles, step),
            [analysis, at, start, length],
            [at, start, strip, sentence],
            **PRIVATE_MINIMAL,
        )
    return strip, [start, at, sentence]


def _read(
    models: dict[str, Model],
    titles: dict[str, str],
    files: list[str] | None,
    fs: float | None,
    unit: str,
    lead: str,
    progress: gr.Progress = gr.Progress(),  # noqa: B008  (the default tells Gradio to pass one)
) -> tuple[Any, ...]:
    with show_input_errors(verbatim):
        recording = read_recording([Path(file) for file in files or []], fs or None, unit or None, lead or None)
        return _analyse(models, titles, recording, progress)


def _read_example(
    models: dict[str, Model],
    titles: dict[str, str],
    progress: gr.Progress = gr.Progress(),  # noqa: B008
) -> tuple[Any, ...]:
    with show_input_errors(verbatim):
        return _analyse(models, titles, read_excerpt(), progress)


def _analyse(models: dict[str, Model], titles: dict[str, str], recording: Recording, progress: gr.Progress) -> tuple[Any, ...]:
    analysis = analyse(recording, models, with_deadline(LONGEST_ANALYSIS_S, lambda share, doing: progress(share, desc=doing)))
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
        save_download("beats.csv", recording_beats_table(analysis).to_csv(index=False).encode()),
        save_written_download(partial(write_annotation, analysis)),
    )


def _draw(analysis: Analysis | None, start: float, length: str) -> Any:
    if analysis is None:
        raise gr.Error(RECORDING_GONE, print_exception=False)
    return _strip(analysis, start, length)


def _strip(analysis: Analysis, start: float, length: str) -> Any:
    recording = analysis.recording
    name, lead, unit = map(verbatim, (recording.name, recording.lead, recording.unit))
    shown = replace(analysis, recording=replace(recording, name=name, lead=lead, unit=unit))
    return strip_figure(shown, start, LENGTHS_S[length])


def _verbatim(summary: dict[str, Any]) -> dict[str, Any]:
    """Escape what comes from the file."""
    names = {name: verbatim(summary[name] or "") for name in ("recording", "lead")}
    return summary | names | {"warnings": [verbatim(warning) for warning in summary["warnings"]]}


def _step(
    titles: dict[str, str], step: int, analysis: Analysis | None, at: float, start: float, length: str
) -> tuple[Any, ...]:
    if analysis is None:
        raise gr.Error(RECORDING_GONE, print_exception=False)
    beat = next_disagreement(analysis, at, step)
    if beat is None:
        if not analysis.disagreement.any():
            return at, start, gr.skip(), "The models agree on every beat."
        return at, start, gr.skip(), f"There is no disagreement {'after' if step > 0 else 'before'} this."
    time = float(analysis.seconds[beat])
    start = round(max(time - LENGTHS_S[length] / 2, 0), 1)
    return time, start, _strip(analysis, start, length), describe_beat(analysis, beat, titles)
