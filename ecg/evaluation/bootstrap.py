"""Bootstrap confidence intervals over test beats and seeds, and tests of paired differences between models.

Efron and Tibshirani, "An Introduction to the Bootstrap" (1993). Resampling single beats gives intervals for other beats of the
same patients. The beats of one patient are alike, so intervals for other patients come from resampling whole records.
"""

from collections.abc import Sequence

import numpy as np

from ecg.classes import LABELS

RESAMPLES = 10_000
CHUNK = 1000
"""Resamples drawn at once; bounds the memory."""
CONFIDENCE = 0.95
CLASSES = len(LABELS)


def resampled_confusion_matrices(labels: np.ndarray, predictions: np.ndarray, records: np.ndarray | None = None) -> np.ndarray:
    """Draw the test beats anew, with replacement, and count them by true and predicted class.

    All runs share the drawn beats, so that figures computed from these counts are paired.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        True class indices.
    predictions : ndarray of int, shape (runs, n)
        Class indices predicted by each run.
    records : ndarray of str, shape (n,), optional
        Record of each beat. With it whole records are drawn instead of beats.

    Returns
    -------
    ndarray of float, shape (10_000, runs, 5, 5)
        A confusion matrix for each resample and run. The same at every call.
    """
    if records is None:
        # beats with the same label and predictions are interchangeable: drawing the count of each pattern is the same and fast
        patterns, counts = np.unique(np.vstack([labels, predictions]), axis=1, return_counts=True)
        cells = [np.eye(CLASSES**2)[patterns[0] * CLASSES + predicted] for predicted in patterns[1:]]  # (patterns, 25)
    else:
        units, unit = np.unique(records, return_inverse=True)
        counts = np.ones(len(units), dtype=np.int64)
        cells = [_cells_by_unit(unit, labels * CLASSES + predicted) for predicted in predictions]  # (records, 25)
    generator = np.random.default_rng(0)
    confusions = np.empty((RESAMPLES, len(predictions), CLASSES, CLASSES))
    for start in range(0, RESAMPLES, CHUNK):
        draws = generator.multinomial(int(counts.sum()), counts / counts.sum(), size=CHUNK).astype(np.float64)
        for run, cells_of_run in enumerate(cells):
            confusions[start : start + CHUNK, run] = (draws @ cells_of_run).reshape(CHUNK, CLASSES, CLASSES)
    return confusions


def _cells_by_unit(unit: np.ndarray, cell: np.ndarray) -> np.ndarray:
    counts = np.bincount(unit * CLASSES**2 + cell, minlength=(unit.max() + 1) * CLASSES**2)
    return counts.reshape(-1, CLASSES**2).astype(np.float64)


def accuracies(confusions: np.ndarray) -> np.ndarray:
    """Return the accuracy of each confusion matrix: shape (..., 5, 5) to shape (...)."""
    return np.asarray(np.trace(confusions, axis1=-2, axis2=-1) / confusions.sum(axis=(-2, -1)))


def f1s(confusions: np.ndarray) -> np.ndarray:
    """Return the F1 of each class, shape (..., 5), in the order N S V F Q; 0 where a class neither occurs nor is predicted."""
    right = np.diagonal(confusions, axis1=-2, axis2=-1)
    total = confusions.sum(axis=-1) + confusions.sum(axis=-2)  # (..., 5): true and predicted
    return np.asarray(2 * right / np.maximum(total, 1))


def macro_f1s(confusions: np.ndarray) -> np.ndarray:
    """Return the mean F1 of the five classes of each confusion matrix: shape (..., 5, 5) to shape (...)."""
    return np.asarray(f1s(confusions).mean(axis=-1))


def means_over_seeds(figures: np.ndarray, runs: Sequence[int], generator: np.random.Generator) -> np.ndarray:
    """Average a figure over seeds that are drawn anew in each resample, with replacement.

    Parameters
    ----------
    figures : ndarray, shape (resamples, runs)
        The figure of each run in each resample of the beats.
    runs : sequence of int
        Columns of the runs of one model, one for each seed.
    generator : numpy.random.Generator
        Draws the seeds.

    Returns
    -------
    ndarray, shape (resamples,)
        The means.
    """
    drawn = generator.choice(runs, size=(len(figures), len(runs)))
    return np.asarray(np.take_along_axis(figures, drawn, axis=1).mean(axis=1))


def interval(resampled: np.ndarray) -> tuple[float, float]:
    """Return the lower and upper end of the 95 % confidence interval (percentile bootstrap) of a resampled figure."""
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def p_value(differences: np.ndarray) -> float:
    """Return the two-sided p-value of resampled differences between two models; at least 2 / (resamples + 1)."""
    beyond = min((differences <= 0).sum(), (differences >= 0).sum())
    return float(min(1.0, 2 * (beyond + 1) / (len(differences) + 1)))


def holm(p_values: np.ndarray) -> np.ndarray:
    """Adjust p-values for the number of comparisons. Adjusted values below 0.05 hold jointly at that level.

    Holm, "A simple sequentially rejective multiple test procedure" (1979).
    """
    order = np.argsort(p_values)
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted
