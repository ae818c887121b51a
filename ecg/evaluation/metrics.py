"""Metrics of predicted probabilities against the true classes."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn import metrics

from ecg.classes import LABELS
from ecg.evaluation.calibration import brier_score, expected_calibration_error

CLASSES = range(len(LABELS))


@dataclass(frozen=True)
class Scores:
    """Metrics of one classifier on one set of beats.

    Attributes
    ----------
    beats : int
        Number of beats.
    accuracy : float
        Share of beats whose most probable class is the true one.
    balanced_accuracy : float
        Mean recall of the classes that occur.
    macro_f1 : float
        Mean F1 of all five classes; a class that does not occur or is never predicted counts 0.
    ece, brier : float
        Expected calibration error and Brier score.
    per_class : dict
        Precision (+P), recall (Se), F1 and number of beats (support) of each class.
    confusion_matrix : list of list of int
        Beats by true class (rows) and predicted class (columns), in the order N S V F Q.
    collapsed : bool
        Whether all beats were given the same class.
    """

    beats: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    ece: float
    brier: float
    per_class: dict[str, dict[str, float]]
    confusion_matrix: list[list[int]]
    collapsed: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the metrics as plain numbers, to full precision."""
        return asdict(self)


def score(labels: np.ndarray, probabilities: np.ndarray) -> Scores:
    """Compute all metrics.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        True class indices.
    probabilities : ndarray of float, shape (n, 5)
        Predicted probabilities.

    Returns
    -------
    Scores
        The metrics.
    """
    predicted = probabilities.argmax(axis=1)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        labels, predicted, labels=CLASSES, zero_division=0
    )
    confusion = metrics.confusion_matrix(labels, predicted, labels=CLASSES)
    occurs = support > 0
    return Scores(
        beats=len(labels),
        accuracy=float((predicted == labels).mean()),
        balanced_accuracy=float(recall[occurs].mean()),
        macro_f1=float(f1.mean()),
        ece=expected_calibration_error(labels, probabilities),
        brier=brier_score(labels, probabilities),
        per_class={
            label: {
                "precision": float(precision[index]),
                "recall": float(recall[index]),
                "f1": float(f1[index]),
                "support": int(support[index]),
            }
            for index, label in enumerate(LABELS)
        },
        confusion_matrix=confusion.tolist(),
        collapsed=bool(len(np.unique(predicted)) == 1),
    )


def confident_answers(labels: np.ndarray, probabilities: np.ndarray, threshold: float | None) -> dict[str, float | None]:
    """Measure a classifier on the beats that it classifies with confidence.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        True class indices.
    probabilities : ndarray of float, shape (n, 5)
        Predicted probabilities.
    threshold : float or None
        Lowest confidence that counts; None if no answer counts.

    Returns
    -------
    dict
        The ``threshold``, the ``share`` of beats classified with confidence, and the ``accuracy`` on them (None without any).
    """
    confident = probabilities.max(axis=1) >= (np.inf if threshold is None else threshold)
    right = probabilities.argmax(axis=1) == labels
    return {
        "threshold": threshold,
        "share": float(confident.mean()),
        "accuracy": float(right[confident].mean()) if confident.any() else None,
    }


def report(labels: np.ndarray, probabilities: np.ndarray) -> str:
    """Return scikit-learn's classification report, with four digits."""
    return metrics.classification_report(
        labels, probabilities.argmax(axis=1), labels=CLASSES, target_names=LABELS, digits=4, zero_division=0
    )
