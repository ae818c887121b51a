"""The endpoints for programs: plain JSON, stable names."""

from typing import Any

import gradio as gr

from ecg.beat_input import check_beat
from ecg.classifier import Model, classify
from ecg.samples import list_samples
from ui.errors import shown_errors


def register(models: dict[str, Model]) -> None:
    """Add the public endpoints to the app that is being composed.

    Parameters
    ----------
    models : dict of str to Model
        The models that answer.
    """

    def classify_beat(beat: list[float]) -> dict[str, Any]:
        """Let all models read one beat.

        Args:
            beat: 187 numbers from 0 to 1: a sample every 1/120 s from the R peak on, scaled by the beat's own lowest and
                highest value, padded with zeros. A class index (0 to 4: N S V F Q) may follow as number 188.

        Returns:
            For each model the label of the most probable class, whether the model is confident of it, and the probabilities
            by class; truth is the class of the index given, or null.
        """
        with shown_errors():
            checked, truth = check_beat(beat)
        return {"models": classify(models, checked), "truth": truth}

    def sample_beats() -> list[dict[str, Any]]:
        """List the sample beats that ship with the demo: averages of MIT-BIH beats of one symbol in one record.

        Returns:
            For each its id, label (AAMI class), symbol and meaning, record, number of beats averaged, and the beat itself.
        """
        return list_samples()

    gr.api(classify_beat, api_name="classify_beat")
    gr.api(sample_beats, api_name="sample_beats")
