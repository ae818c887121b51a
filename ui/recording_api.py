"""The endpoint by which a program has a recording read: it takes and returns files, as `gradio.api` cannot."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import ListFiles
from pydantic import model_validator

from ecg.inference.classifier import Model
from ecg.inference.recording_analysis import analyse
from ecg.inference.recording_summary import beat_table, summarise
from ecg.io.readers import read_recording
from ui.deadline import LONGEST, within
from ui.downloads import in_cache
from ui.errors import shown_errors


class OneOrMoreFiles(ListFiles):
    """Files, or one file without a list around it."""

    @model_validator(mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, dict) else value


def register(models: dict[str, Model]) -> None:
    """Add the public endpoint to the app that is being composed.

    Parameters
    ----------
    models : dict of str to Model
        Models that read beats in context.
    """

    def classify_recording(
        file: list[str] | None, fs: float | None = None, unit: str | None = None, lead: str | None = None
    ) -> tuple[dict[str, Any], str]:
        """Find the heartbeats of one lead of a recording and let all models classify them.

        Args:
            file: a WFDB record (a list of .hea, .dat and, if there is one, .atr, or a zip of them), EDF, CSV or NPY.
            fs: sampling rate in Hz, where the file does not say.
            unit: V, mV, uV, nV or raw, where the file does not say; not needed.
            lead: name of the lead, or its number from 1; without it MLII or II, else the first lead of an ECG.

        Returns:
            A summary (counts, ectopic burden, longest runs, heart rate, what could not be read, agreement with the annotation,
            warnings), and a CSV file of the beats: time_s, sample, rr_s, label (the models' vote), probability, agree, and a
            column for each model.
        """
        with shown_errors():
            report = within(LONGEST)
            recording = read_recording([Path(path) for path in file or []], fs, unit, lead)
            analysis = analyse(recording, models, report)
        return summarise(analysis), in_cache("beats.csv", beat_table(analysis).to_csv(index=False).encode())

    with gr.Row(visible=False):
        files = gr.File(label="file", file_count="multiple")
        files.data_model = OneOrMoreFiles
        said = [gr.Number(None, label="fs"), gr.Textbox(None, label="unit"), gr.Textbox(None, label="lead")]
        outputs = [gr.JSON(label="summary"), gr.File(label="beats")]
        gr.Button().click(classify_recording, [files, *said], outputs, api_name="classify_recording")
