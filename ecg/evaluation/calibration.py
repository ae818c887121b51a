"""Calibration by vector scaling, and measures of it.

Guo et al., "On Calibration of Modern Neural Networks" (2017), https://arxiv.org/abs/1706.04599.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from ecg.classes import LABELS

if TYPE_CHECKING:
    import keras

    from ecg.networks.inputs import Inputs

BINS = 15
"""Bins of confidence, equally wide, as in the paper."""
FOLDS = 5
REGULARISATION = 1e-5
"""Weight of the squared distance from the identity. Without it a class that the labels lack would get the probability 0."""
CONFIDENT_ACCURACY = 0.997
"""Accuracy wanted of the answers given with confidence."""


@dataclass(frozen=True)
class VectorScaling:
    """Factor and summand of the logit of each class, shape (5,) each."""

    scale: np.ndarray
    shift: np.ndarray

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities of logits, shape (n, 5)."""
        return softmax(logits * self.scale + self.shift, axis=1)


IDENTITY = VectorScaling(np.ones(len(LABELS)), np.zeros(len(LABELS)))
"""Leaves the logits as they are."""


def fit_vector_scaling(logits: np.ndarray, labels: np.ndarray) -> VectorScaling:
    """Fit the scaling under which the labels are most likely.

    Parameters
    ----------
    logits : ndarray, shape (n, 5)
        Logits of beats that the model was not trained on.
    labels : ndarray of int, shape (n,)
        Their class indices.

    Returns
    -------
    VectorScaling
        The scaling of the lowest negative log-likelihood, slightly regularised towards the identity.
    """
    n, classes = logits.shape
    truth = np.eye(classes)[labels]
    identity = np.concatenate([np.ones(classes), np.zeros(classes)])

    def loss_and_gradient(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        scaled = logits * parameters[:classes] + parameters[classes:]
        error = (softmax(scaled, axis=1) - truth) / n  # (n, 5)
        gradient = np.concatenate([(error * logits).sum(axis=0), error.sum(axis=0)])
        change = parameters - identity
        loss = negative_log_likelihood(labels, scaled) + REGULARISATION * change @ change
        return loss, gradient + 2 * REGULARISATION * change

    best = minimize(loss_and_gradient, identity, jac=True, method="L-BFGS-B").x
    return VectorScaling(best[:classes], best[classes:])


def negative_log_likelihood(labels: np.ndarray, logits: np.ndarray) -> float:
    """Return the mean negative log-likelihood of the labels, in nats a beat."""
    return float(-log_softmax(logits, axis=1)[np.arange(len(labels)), labels].mean())


def cross_fitted(logits: np.ndarray, labels: np.ndarray, groups: np.ndarray | None = None) -> np.ndarray:
    """Scale the logits by five-fold cross-validation: no beat is scaled by a fit that has seen its label.

    Parameters
    ----------
    logits : ndarray, shape (n, 5)
        Logits of the validation beats.
    labels : ndarray of int, shape (n,)
        Their class indices.
    groups : ndarray, shape (n,), optional
        Record of each beat. With it the beats of a record are held out together.

    Returns
    -------
    ndarray of float64, shape (n, 5)
        The scaled logits.
    """
    scaled = np.empty_like(logits, dtype=np.float64)
    folds = StratifiedKFold if groups is None else StratifiedGroupKFold
    for fitted, held_out in folds(FOLDS, shuffle=True, random_state=0).split(logits, labels, groups):
        scaling = fit_vector_scaling(logits[fitted], labels[fitted])
        scaled[held_out] = logits[held_out] * scaling.scale + scaling.shift
    return scaled


def fold_in(model: "keras.Model", scaling: VectorScaling) -> None:
    """Fold vector scaling into the last layer of a model, a Dense layer with softmax, in place."""
    last = model.layers[-1]
    kernel, bias = last.get_weights()
    last.set_weights([kernel * scaling.scale, bias * scaling.scale + scaling.shift])


def logits_of(model: "keras.Model", inputs: "Inputs | np.ndarray") -> np.ndarray:
    """Return the logits of n beats.

    Parameters
    ----------
    model : keras.Model
        A model whose last layer is a Dense layer with softmax.
    inputs : ndarray or dict of str to ndarray
        Its inputs.

    Returns
    -------
    ndarray of float64, shape (n, 5)
        The logits.
    """
    import keras

    last = model.layers[-1]
    features = keras.Model(model.input, last.input).predict(inputs, batch_size=1024, verbose=0)
    kernel, bias = last.get_weights()
    return features.astype(np.float64) @ kernel + bias


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean gap between confidence and accuracy over `BINS` bins, weighted by the beats in them."""
    beats, confidence, accuracy = confidence_bins(labels, probabilities)
    return float((beats * np.abs(accuracy - confidence)).sum() / len(labels))


def confidence_bins(labels: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Group classified beats by the confidence of the answer.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        True class indices.
    probabilities : ndarray of float, shape (n, 5)
        Predicted probabilities.

    Returns
    -------
    beats, confidence, accuracy : ndarray, shape (15,)
        Number of beats, mean confidence and accuracy of each of 15 equally wide bins of confidence; 0 in a bin without beats.
    """
    certainty = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((certainty * BINS).astype(int), BINS - 1)
    beats = np.bincount(bins, minlength=BINS)
    confidence, accuracy = (
        np.bincount(bins, weights=values, minlength=BINS) / np.maximum(beats, 1) for values in (certainty, right)
    )
    return beats, confidence, accuracy


def brier_score(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the Brier score, summed over the classes: 0 (certain and right) to 2 (certain and wrong)."""
    truth = np.eye(probabilities.shape[1])[labels]
    return float(((probabilities - truth) ** 2).sum(axis=1).mean())


def confidence_threshold(labels: np.ndarray, probabilities: np.ndarray) -> float | None:
    """Return the lowest confidence at or above which 99.7 % of the answers are right.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Class indices of the validation beats.
    probabilities : ndarray of float, shape (n, 5)
        Predicted probabilities.

    Returns
    -------
    float or None
        The confidence; None if there is none.
    """
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence)
    right = (probabilities.argmax(axis=1) == labels)[order]
    accurate = np.cumsum(right) / np.arange(1, len(right) + 1) >= CONFIDENT_ACCURACY
    last_of_its_confidence = np.append(np.diff(confidence[order]) < 0, True)
    enough = np.flatnonzero(accurate & last_of_its_confidence)
    return float(confidence[order][enough[-1]]) if len(enough) else None
