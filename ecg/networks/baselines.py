"""The baselines: scikit-learn's classifiers, on the same beats as the networks."""

from collections.abc import Callable

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.networks.inputs import INPUTS
from ecg.signal.context_beat import BEFORE

BASELINES: dict[str, Callable[[int], ClassifierMixin]] = {
    "hist_gradient_boosting": lambda seed: HistGradientBoostingClassifier(max_iter=300, random_state=seed),
    "random_forest": lambda seed: RandomForestClassifier(n_estimators=300, n_jobs=-1, random_state=seed),
    "logistic_regression": lambda _seed: make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=1000)),
    "majority_class": lambda _seed: DummyClassifier(strategy="most_frequent"),
}
"""Functions from the seed to an untrained classifier, by name of the baseline."""


def features(beats: BeatTable, inputs: str) -> np.ndarray:
    """Return the features that a baseline is given.

    Parameters
    ----------
    beats : BeatTable
        The n beats.
    inputs : str
        A key of `ecg.networks.inputs.INPUTS`.

    Returns
    -------
    ndarray of float32, shape (n, m)
        The samples of each beat. With RR features: those and three widths of the QRS complex instead, after Saenz-Cogollo and
        Agelli (2020), doi 10.3390/a13040075.
    """
    given = INPUTS[inputs](beats)
    if "rhythm" not in given:
        return given["beat"].reshape(len(beats.labels), -1)
    return np.hstack([given["rhythm"], qrs_widths(given["beat"][:, :, 0])])


def qrs_widths(beats: np.ndarray) -> np.ndarray:
    """Measure the width of the QRS complex of each beat.

    Parameters
    ----------
    beats : ndarray, shape (n, 120)
        Beats in context.

    Returns
    -------
    ndarray of float32, shape (n, 3)
        Samples within 0.2 s of the R peak whose distance from the baseline exceeds a quarter, a half and three quarters of the
        greatest distance there.
    """
    distance = np.abs(beats[:, BEFORE - 24 : BEFORE + 25])
    furthest = distance.max(axis=1, keepdims=True)
    return np.stack([(distance > share * furthest).sum(axis=1) for share in (0.25, 0.5, 0.75)], axis=1).astype(np.float32)


def class_probabilities(classifier: ClassifierMixin, given: np.ndarray) -> np.ndarray:
    """Classify beats by a trained baseline.

    Parameters
    ----------
    classifier : ClassifierMixin
        A baseline, fitted to such features and to class indices.
    given : ndarray of float32, shape (n, m)
        From `features`.

    Returns
    -------
    ndarray of float64, shape (n, 5)
        Probabilities in the order N S V F Q; 0 for a class that the training beats lack.
    """
    probabilities = np.zeros((len(given), len(LABELS)))
    probabilities[:, classifier.classes_] = classifier.predict_proba(given)
    return probabilities
