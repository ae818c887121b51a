"""Occlusion: cover one stretch of a beat after another, and measure how the answer of a model changes.

Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2014), https://arxiv.org/abs/1311.2901, cover a
patch of a picture in grey. A level stretch would itself be a feature of an ECG. Here a straight line between the samples on
either side covers the stretch.
"""

import numpy as np

from ecg.inference.classifier import Model
from ecg.signal.kaggle_beat import BEAT_LENGTH, beat_lengths

WINDOW_SAMPLES = 12
"""Samples that are covered at once: 0.1 s, about a QRS complex."""
STRIDE_SAMPLES = 3
"""Samples from the start of one covered stretch to the start of the next."""
LOWEST_PROBABILITY = 1e-6
"""Probabilities are clipped to this distance from 0 and 1, because single precision cannot tell them apart."""


def occlusion(models: dict[str, Model], beat: np.ndarray) -> dict[str, np.ndarray]:
    """Measure how important each sample of a beat is to the answer of each model.

    Parameters
    ----------
    models : dict of str to Model
        Models of Kaggle beats. Each classifies all covered beats in one call.
    beat : ndarray of float32, shape (187,)
        A Kaggle beat.

    Returns
    -------
    dict of str to ndarray of float, shape (187,)
        For each model: the mean drop of the log-odds of its own answer (natural logarithm) over the stretches that include the
        sample. It is negative where covering the sample makes the model more confident, and 0 in the padding.
    """
    covered, inside = cover(beat)
    batch = np.vstack([beat[np.newaxis], covered])
    times = np.maximum(inside.sum(axis=0), 1)  # (187,)
    return {name: _drops(model.classify(batch)) @ inside / times for name, model in models.items()}


def cover(beat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cover one stretch of a beat after another. The padding is not covered.

    Parameters
    ----------
    beat : ndarray of float32, shape (187,)
        A Kaggle beat.

    Returns
    -------
    covered : ndarray of float32, shape (w, 187)
        Copies of the beat; in each, a straight line replaces another stretch. It is level at either end of the beat.
    inside : ndarray of bool, shape (w, 187)
        Samples of each stretch.
    """
    length = int(beat_lengths(beat[np.newaxis])[0])
    width = min(WINDOW_SAMPLES, max(length - 1, 1))
    starts = np.union1d(np.arange(0, length - width, STRIDE_SAMPLES), length - width)[:, np.newaxis]  # (w, 1)
    ends = starts + width
    before = np.where(starts > 0, starts - 1, ends)
    after = np.where(ends < length, ends, starts - 1)
    steps = np.arange(BEAT_LENGTH)
    line = beat[before] + (beat[after] - beat[before]) * (steps - starts + 1) / (width + 1)
    inside = (steps >= starts) & (steps < ends)
    return np.where(inside, line, beat).astype(np.float32), inside


def _drops(probabilities: np.ndarray) -> np.ndarray:
    answer = probabilities[0].argmax()
    probable = probabilities[:, answer].astype(np.float64).clip(LOWEST_PROBABILITY, 1 - LOWEST_PROBABILITY)
    log_odds = np.log(probable / (1 - probable))
    return np.asarray(log_odds[0] - log_odds[1:])
