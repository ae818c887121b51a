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

BASELINES: dict[str, Callable[[int], ClassifierMixin]] = {
    "hist_gradient_boosting": lambda seed: HistGradientBoostingClassifier(max_iter=300, random_state=seed),
    "random_forest": lambda seed: RandomForestClassifier(n_estimators=300, n_jobs=-1, random_state=seed),
    "logistic_regression": lambda _seed: make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=1000)),
    "majority_class": lambda _seed: DummyClassifier(strategy="most_frequent"),
}
"""The baselines by name: functions of the seed that return an untrained classifier."""


def class_probabilities(classifier: ClassifierMixin, beats: np.ndarray) -> np.ndarray:
    """Let a trained baseline classify beats.

    Parameters
    ----------
    classifier : ClassifierMixin
        A baseline, fitted to beats and class indices.
    beats : ndarray of float32, shape (n, 187)
        The beats.

    Returns
    -------
    ndarray of float64, shape (n, 5)
        Probabilities in the order N S V F Q; 0 for a class that the training beats lack.
    """
    probabilities = np.zeros((len(beats), len(LABELS)))
    probabilities[:, classifier.classes_] = classifier.predict_proba(beats)
    return probabilities
