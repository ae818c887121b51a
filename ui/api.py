"""The endpoints for programs: plain JSON, stable names. `ui.recording_api` has the one that takes files."""

from collections.abc import Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from ecg.data.sample_beats import list_samples
from ecg.evaluation.published_metrics import measured_figures
from ecg.inference import classifier
from ecg.inference.classifier import Model
from ecg.io.beat_parser import check_beat, check_beats
from ui.errors import show_input_errors

RESULTS = Path(__file__).parents[1] / "results"
LARGEST_BATCH = 64
"""Requests to classify_beat that are answered together."""


def is_beat(inputs: Sequence[Any]) -> bool:
    """Tell by its inputs whether classify_beat would answer a request."""
    try:
        (beat,) = inputs
        check_beat(beat)
    except ValueError:  # InputError is one
        return False
    return True


def register(models: dict[str, Model]) -> None:
    """Add the public endpoints to the app that is being composed."""

    # a parameter that is left out is None, so that `check_beat` can say so
    def classify_beat(beat: list[float] | None = None) -> dict[str, Any]:
        """Classify one beat with all models.

        Args:
            beat: 187 numbers from 0 to 1: a sample every 1/120 s from the R peak on, scaled by the beat's own lowest and
                highest value, padded with zeros. A class index (0 to 4: N S V F Q) may follow as number 188.

        Returns:
            For each model the label of the most probable class, whether the model is confident of it, and the probabilities
            by class; truth is the class of the index given, or null.
        """
        ((answer,),) = classify_together([beat])
        return answer

    @wraps(classify_beat)  # as which it is documented to programs
    def classify_together(beats: Sequence[Any]) -> tuple[list[dict[str, Any]]]:
        with show_input_errors():
            checked = [check_beat(beat) for beat in beats]
        arrays, truths = zip(*checked, strict=True)
        return (classify(np.stack(arrays), truths),)

    def classify_beats(beats: list[list[float]] | None = None) -> list[dict[str, Any]]:
        """Classify many beats with all models.

        Args:
            beats: 1 to 5,000 beats, each as classify_beat takes it. If one is invalid, it is named, and none is classified.

        Returns:
            For each beat what classify_beat returns, in the order given.
        """
        with show_input_errors():
            table = check_beats(beats)
        return classify(table.beats, table.truths)

    def classify(beats: np.ndarray, truths: Iterable[str | None]) -> list[dict[str, Any]]:
        answers = classifier.classify_beats(models, beats)
        return [{"models": answer, "truth": truth} for answer, truth in zip(answers, truths, strict=True)]

    def sample_beats() -> list[dict[str, Any]]:
        """List the sample beats that ship with the demo: averages of MIT-BIH beats of one symbol in one record.

        Returns:
            For each its id, label (AAMI class), symbol and meaning, record, number of beats averaged, and the beat itself.
        """
        return list_samples()

    def compare_models() -> list[dict[str, Any]]:
        """List the measured results of the models on test beats, by model and protocol.

        The protocols: intra_patient (other beats of the same patients were in training), inter_patient (no beat of the
        patients was in training), all_patients (cross-validated over all records).

        Returns:
            For each model and protocol accuracy, macro-F1 and, by class, sensitivity, positive predictivity and F1, each with
            its 95 % interval; calibration (ece, brier), parameters, file size, latency and training time. Null is unknown.
        """
        return measured_figures(RESULTS)

    # Gradio takes several times as long for a request as the models for its beat, so requests that wait together are answered
    # together. One batch at a time is Gradio's default, and best: batches side by side slow each other down.
    gr.api(classify_together, api_name="classify_beat", batch=True, max_batch_size=LARGEST_BATCH)
    gr.api(classify_beats, api_name="classify_beats")
    gr.api(sample_beats, api_name="sample_beats")
    gr.api(compare_models, api_name="compare_models")
