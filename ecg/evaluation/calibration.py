"""Make a model as sure as it is right: vector scaling, and how well it has worked.

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
PULL = 1e-5
"""Weight of the squared change; it keeps a class that does not occur among the labels from being ruled out for good."""
CONFIDENT_ACCURACY = 0.997
"""Share of the beats answered with confidence that shall be right."""


@dataclass(frozen=True)
class VectorScaling:
    """Stretch and shift each logit.

    Attributes
    ----------
    scale, shift : ndarray of float, shape (5,)
        Factor and summand of each class.
    """

    scale: np.ndarray
    shift: np.ndarray

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities.

        Parameters
        ----------
        logits : ndarray, shape (n, 5)
            What goes into a model's softmax.

        Returns
        -------
        ndarray of float, shape (n, 5)
            Probabilities.
        """
        return softmax(logits * self.scale + self.shift, axis=1)


IDENTITY = VectorScaling(np.ones(len(LABELS)), np.zeros(len(LABELS)))
"""No scaling at all."""


def fit_vector_scaling(logits: np.ndarray, labels: np.ndarray) -> VectorScaling:
    """Find the scaling under which the labels are most likely.

    Parameters
    ----------
    logits : ndarray, shape (n, 5)
        What goes into a model's softmax, for beats it was not trained on.
    labels : ndarray of int, shape (n,)
        Their class indices.

    Returns
    -------
    VectorScaling
        The scaling of the lowest negative log-likelihood, with a slight pull to no scaling at all.
    """
    n, classes = logits.shape
    truth = np.eye(classes)[labels]
    identity = np.concatenate([np.ones(classes), np.zeros(classes)])

    def loss_and_gradient(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        scaled = logits * parameters[:classes] + parameters[classes:]
        error = (softmax(scaled, axis=1) - truth) / n  # (n, 5)
        gradient = np.concatenate([(error * logits).sum(axis=0), error.sum(axis=0)])
        change = parameters - identity
        return negative_log_likelihood(labels, scaled) + PULL * change @ change, gradient + 2 * PULL * change

    best = minimize(loss_and_gradient, identity, jac=True, method="L-BFGS-B").x
    return VectorScaling(best[:classes], best[classes:])


def negative_log_likelihood(labels: np.ndarray, logits: np.ndarray) -> float:
    """Return the mean negative log-likelihood of the labels.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Class indices.
    logits : ndarray, shape (n, 5)
        What goes into the softmax.

    Returns
    -------
    float
        The mean over the beats, in nats.
    """
    return float(-log_softmax(logits, axis=1)[np.arange(len(labels)), labels].mean())


def cross_fitted(logits: np.ndarray, labels: np.ndarray, groups: np.ndarray | None = None) -> np.ndarray:
    """Scale the logits of each fifth of the beats as the others need it.

    Parameters
    ----------
    logits : ndarray, shape (n, 5)
        What goes into a model's softmax, for the validation beats.
    labels : ndarray of int, shape (n,)
        Their class indices.
    groups : ndarray, shape (n,), optional
        Record of each beat, where the beats of a record are to be held out together.

    Returns
    -------
    ndarray of float64, shape (n, 5)
        The logits after vector scaling, none of them scaled by a fit that has seen its label.
    """
    scaled = np.empty_like(logits, dtype=np.float64)
    folds = StratifiedKFold if groups is None else StratifiedGroupKFold
    for fitted, held_out in folds(FOLDS, shuffle=True, random_state=0).split(logits, labels, groups):
        scaling = fit_vector_scaling(logits[fitted], labels[fitted])
        scaled[held_out] = logits[held_out] * scaling.scale + scaling.shift
    return scaled


def fold_in(model: "keras.Model", scaling: VectorScaling) -> None:
    """Fold vector scaling into the last layer of a model.

    Parameters
    ----------
    model : keras.Model
        A model whose last layer is a Dense layer with softmax; it is changed in place.
    scaling : VectorScaling
        The scaling.
    """
    last = model.layers[-1]
    kernel, bias = last.get_weights()
    last.set_weights([kernel * scaling.scale, bias * scaling.scale + scaling.shift])


def logits_of(model: "keras.Model", inputs: "Inputs | np.ndarray") -> np.ndarray:
    """Return what goes into the softmax of a model.

    Parameters
    ----------
    model : keras.Model
        A model whose last layer is a Dense layer with softmax.
    inputs : ndarray or dict of str to ndarray
        What the model is given of n beats.

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
    """Return by how much confidence and accuracy differ.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        True class indices.
    probabilities : ndarray of float, shape (n, 5)
        What the classifier says.

    Returns
    -------
    float
        The mean over 15 equally wide bins of confidence, weighted by the beats in them.
    """
    beats, confidence, accuracy = confidence_bins(labels, probabilities)
    return float((beats * np.abs(accuracy - confidence)).sum() / len(labels))


def confidence_bins(labels: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Divide the answers by how sure they are.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        True class indices.
    probabilities : ndarray of float, shape (n, 5)
        What the classifier says.

    Returns
    -------
    beats, confidence, accuracy : ndarray, shape (15,)
        Number of beats in each of 15 equally wide bins of confidence, their mean confidence and the share that is right; 0
        and 0 in a bin without beats.
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
    """Return the mean squared distance of the probabilities from the truth.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        True class indices.
    probabilities : ndarray of float, shape (n, 5)
        What the classifier says.

    Returns
    -------
    float
        0 (certain and right) to 2 (certain and wrong), summed over the classes.
    """
    truth = np.eye(probabilities.shape[1])[labels]
    return float(((probabilities - truth) ** 2).sum(axis=1).mean())


def confidence_threshold(labels: np.ndarray, probabilities: np.ndarray) -> float | None:
    """Find the confidence from which on 99.7 % of the answers are right.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Class indices of the validation beats.
    probabilities : ndarray of float, shape (n, 5)
        What the classifier says of them.

    Returns
    -------
    float or None
        The lowest such confidence; None if there is none.
    """
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence)
    right = (probabilities.argmax(axis=1) == labels)[order]
    accurate = np.cumsum(right) / np.arange(1, len(right) + 1) >= CONFIDENT_ACCURACY
    last_of_its_confidence = np.append(np.diff(confidence[order]) < 0, True)
    enough = np.flatnonzero(accurate & last_of_its_confidence)
    return float(confidence[order][enough[-1]]) if len(enough) else None
