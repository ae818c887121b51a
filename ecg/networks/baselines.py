"""What a deep network has to beat: scikit-learn's classifiers, on the same beats."""

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
"""The baselines by name: functions of the seed that return an untrained classifier."""


def features(beats: BeatTable, inputs: str) -> np.ndarray:
    """Return what a baseline is given: the beats as they are or, of beats in context, what has been found to matter most.

    Parameters
    ----------
    beats : BeatTable
        The n beats.
    inputs : str
        A key of `ecg.networks.inputs.INPUTS`.

    Returns
    -------
    ndarray of float32, shape (n, m)
        The samples of each beat; of a beat with its rhythm the rhythm vector and three widths of the QRS complex, in the
        manner of Saenz-Cogollo and Agelli (2020), doi 10.3390/a13040075.
    """
    given = INPUTS[inputs](beats)
    if "rhythm" not in given:
        return given["beat"].reshape(len(beats.labels), -1)
    return np.hstack([given["rhythm"], qrs_widths(given["beat"][:, :, 0])])


def qrs_widths(beats: np.ndarray) -> np.ndarray:
    """Measure how wide the QRS complex of each beat is.

    Parameters
    ----------
    beats : ndarray, shape (n, 120)
        Beats in context.

    Returns
    -------
    ndarray of float32, shape (n, 3)
        For how many samples, within 0.2 s of the R peak, the beat is further from the baseline than a quarter, a half and
        three quarters of the furthest it goes.
    """
    distance = np.abs(beats[:, BEFORE - 24 : BEFORE + 25])
    furthest = distance.max(axis=1, keepdims=True)
    return np.stack([(distance > share * furthest).sum(axis=1) for share in (0.25, 0.5, 0.75)], axis=1).astype(np.float32)


def class_probabilities(classifier: ClassifierMixin, given: np.ndarray) -> np.ndarray:
    """Let a trained baseline classify beats.

    Parameters
    ----------
    classifier : ClassifierMixin
        A baseline, fitted to such rows and class indices.
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
