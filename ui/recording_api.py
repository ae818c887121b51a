"""The endpoint that classifies a recording: it takes and returns files, which `gradio.api` cannot."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import ListFiles
from pydantic import model_validator

from ecg.inference.classifier import Model
from ecg.inference.recording_analysis import analyse
from ecg.inference.recording_summary import recording_beats_table, summarise
from ecg.io.readers import read_recording
from ui.deadline import LONGEST_ANALYSIS_S, with_deadline
from ui.downloads import save_download
from ui.errors import show_input_errors


class OneOrMoreFiles(ListFiles):
    """Files, or one file without a list around it."""

    @model_validator(mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, dict) else value


def register(models: dict[str, Model]) -> None:
    """Add the public endpoint to the app that is being composed. The models take beats in context."""

    def classify_recording(
        file: list[str] | None, fs: float | None = None, unit: str | None = None, lead: str | None = None
    ) -> tuple[dict[str, Any], str]:
        """Find the heartbeats of one lead of a recording, and classify them with all models.

        Args:
            file: a WFDB record (a list of .hea, .dat and, if there is one, .atr, or a zip of them), EDF, CSV or NPY.
            fs: sampling rate in Hz, if the file does not state it.
            unit: V, mV, uV, nV or raw, if the file does not state it; not needed.
            lead: name of the lead, or its number from 1; by default MLII or II, else the first lead of an ECG.

        Returns:
            A summary (counts, ectopic burden, longest runs, heart rate, what could not be read, agreement with the annotation,
            warnings), and a CSV file of the beats: time_s, sample, rr_s, label (the models' vote), probability, agree, and a
            column for each model.
        """
        with show_input_errors():
            report = with_deadline(LONGEST_ANALYSIS_S)
            recording = read_recording([Path(path) for path in file or []], fs, unit, lead)
            analysis = analyse(recording, models, report)
        return summarise(analysis), save_download("beats.csv", recording_beats_table(analysis).to_csv(index=False).encode())

    with gr.Row(visible=False):
        files = gr.File(label="file", file_count="multiple")
        files.data_model = OneOrMoreFiles
        options = [gr.Number(None, label="fs"), gr.Textbox(None, label="unit"), gr.Textbox(None, label="lead")]
        outputs = [gr.JSON(label="summary"), gr.File(label="beats")]
        gr.Button().click(classify_recording, [files, *options], outputs, api_name="classify_recording")
