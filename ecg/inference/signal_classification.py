"""Classify the heartbeats of a signal that is in memory: what other programs call."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecg.classes import LABELS
from ecg.inference import classifier
from ecg.inference.classifier import Model
from ecg.inference.recording_analysis import analyse
from ecg.inference.shipped_models import shipped_models
from ecg.io.recording import Source, take_lead


def load_models(folder: str | Path | None = None) -> dict[str, Model]:
    """Load the models of a folder, by default those of all patients that come with the package.

    Raises
    ------
    InputError
        If there is no model, or one is damaged.
    """
    return classifier.load_models(Path(folder) if folder else shipped_models())


def classify_signal(signal: npt.ArrayLike, fs: float, models: dict[str, Model] | None = None) -> pd.DataFrame:
    """Find the heartbeats of one lead of an ECG, and classify them with every model.

    Parameters
    ----------
    signal : array_like, shape (n,)
        One lead, at least 10 s of it, in any unit; NaN where a sample is missing.
    fs : float
        Sampling rate in Hz.
    models : dict of str to Model, optional
        From `load_models`, whose default is loaded where none are given.

    Returns
    -------
    DataFrame
        One row a beat: ``time_s`` of the R peak, ``label`` (N, S, V, F or Q, by vote of the models), and the probability of
        each class by each model, such as ``cnn_V``. Beats in unreadable stretches are left out.

    Raises
    ------
    InputError
        If the signal is too short, has no readable stretch, or has too few heartbeats.
    """
    lead = np.asarray(signal, dtype=float)
    recording = take_lead(Source("signal", ("",), ("",), (float(fs),), lambda _: lead))
    analysis = analyse(recording, models or load_models())
    table = pd.DataFrame({"time_s": analysis.seconds, "label": np.array(LABELS)[analysis.votes]})
    for name, probabilities in analysis.probabilities.items():
        table[[f"{name}_{label}" for label in LABELS]] = probabilities
    return table
