"""The endpoints for programs: plain JSON, stable names."""

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
from ui.errors import shown_errors

RESULTS = Path(__file__).parents[1] / "results"
MOST_TOGETHER = 64
"""Requests to classify_beat that are answered in one go."""


def is_beat(inputs: Sequence[Any]) -> bool:
    """Tell whether classify_beat would answer a request.

    Parameters
    ----------
    inputs : sequence
        What the request gives; a beat, if it is right.

    Returns
    -------
    bool
        Whether it is right.
    """
    try:
        (beat,) = inputs
        check_beat(beat)
    except ValueError:  # InputError is one
        return False
    return True


def register(models: dict[str, Model]) -> None:
    """Add the public endpoints to the app that is being composed.

    Parameters
    ----------
    models : dict of str to Model
        The models that answer.
    """

    # None is what is left out, so that `check_beat` can say so
    def classify_beat(beat: list[float] | None = None) -> dict[str, Any]:
        """Let all models read one beat.

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
        with shown_errors():
            checked = [check_beat(beat) for beat in beats]
        arrays, truths = zip(*checked, strict=True)
        return (answers(np.stack(arrays), truths),)

    def classify_beats(beats: list[list[float]] | None = None) -> list[dict[str, Any]]:
        """Let all models read many beats at once.

        Args:
            beats: 1 to 5,000 beats, each as classify_beat takes it. One that is wrong is named, and none is read.

        Returns:
            For each beat what classify_beat returns, in the order given.
        """
        with shown_errors():
            table = check_beats(beats)
        return answers(table.beats, table.truths)

    def answers(beats: np.ndarray, truths: Iterable[str | None]) -> list[dict[str, Any]]:
        read = classifier.classify_beats(models, beats)
        return [{"models": answer, "truth": truth} for answer, truth in zip(read, truths, strict=True)]

    def sample_beats() -> list[dict[str, Any]]:
        """List the sample beats that ship with the demo: averages of MIT-BIH beats of one symbol in one record.

        Returns:
            For each its id, label (AAMI class), symbol and meaning, record, number of beats averaged, and the beat itself.
        """
        return list_samples()

    def compare_models() -> list[dict[str, Any]]:
        """List what was measured of the models on test beats, by model and protocol.

        The protocols: intra_patient, where other beats of the same patients were in training; inter_patient, patients never
        seen; all_patients, cross-validated over all records.

        Returns:
            For each model and protocol accuracy, macro-F1 and, by class, sensitivity, positive predictivity and F1, each with
            its 95 % interval; calibration (ece, brier), parameters, file size, latency and training time. Null is unknown.
        """
        return measured_figures(RESULTS)

    # Gradio spends several times as long on a request as the models on its beat: once for all those that wait together. One
    # batch at a time, as Gradio does by default, for those that are let in together only hold one another up.
    gr.api(classify_together, api_name="classify_beat", batch=True, max_batch_size=MOST_TOGETHER)
    gr.api(classify_beats, api_name="classify_beats")
    gr.api(sample_beats, api_name="sample_beats")
    gr.api(compare_models, api_name="compare_models")
