"""The part of the tab "A beat" that reads a CSV file of beats."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import gradio as gr

from ecg.inference.classifier import classify_beats
from ecg.inference.verdict import beats_table, beats_verdict
from ecg.io.beat_parser import MOST_ROWS, ParsedBeats, read_csv
from ui.beat_reading import BeatReading, Shown
from ui.downloads import save_download
from ui.errors import show_input_errors
from ui.listeners import PRIVATE_MINIMAL
from ui.markup import verbatim


def build(reading: BeatReading) -> None:
    """Add the part to the app that is being composed. `reading` shows the beats of the file."""
    gr.Markdown(
        "## Or upload many\nA CSV file, one beat a row, as the Kaggle files have them: 187 values, or 188 with the class "
        f"index, with or without a row of names, at most {MOST_ROWS:,} rows. Click a row of the answers to see its beat."
    )
    upload = gr.UploadButton("Upload a CSV file", file_types=[".csv", ".txt", ".tsv"], elem_id="beats-file")
    summary = gr.Markdown(elem_id="beats-verdict")
    with gr.Column(visible=False) as results:
        answers = gr.Dataframe(
            label="Answers", interactive=False, max_height=320, elem_id="beats-answers", elem_classes="comparison"
        )
        with gr.Row(equal_height=True):
            row = gr.Number(1, label="Row to show", precision=0, minimum=1, min_width=120, elem_id="beats-row")
            button = gr.Button("Show this row", min_width=120)
        download = gr.DownloadButton("Download the answers (CSV)")
    table = gr.State()
    upload.upload(partial(_read, reading), upload, [summary, answers, download, table, results, row], **PRIVATE_MINIMAL)
    button.click(partial(_show_row, reading), [table, row, reading.looker], reading.outputs, **PRIVATE_MINIMAL)
    answers.select(_show_selected(reading), [table, reading.looker], reading.outputs, **PRIVATE_MINIMAL)


def _read(reading: BeatReading, path: str) -> Shown:
    with show_input_errors(verbatim):
        table = read_csv(Path(path))
    answers = classify_beats(reading.models, table.beats)
    rows = beats_table(table, answers, reading.titles)
    file = save_download("answers.csv", rows.to_csv(index=False).encode())
    escaped = replace(table, refused=tuple(map(verbatim, table.refused)))
    verdict = beats_verdict(escaped, answers, reading.titles)
    return verdict, rows, file, table, gr.Column(visible=True), table.rows[0]


def _show_row(reading: BeatReading, table: ParsedBeats, row: int, looker: str) -> Shown:
    with show_input_errors(verbatim):
        beat, truth = table.get(row)
    return reading.read(beat, f"Row {row} of your file", looker, truth)


def _show_selected(reading: BeatReading) -> Callable[..., Shown]:
    def show(table: ParsedBeats, looker: str, selected: gr.SelectData) -> Shown:  # no partial: Gradio reads the signature
        return _show_row(reading, table, int(selected.row_value[0]), looker)

    return show
