"""Where a model looks: occlusion, which covers one stretch of a beat after another and sees what that does to the answer.

Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2014), https://arxiv.org/abs/1311.2901, cover a
patch of a picture in grey. A level stretch would itself be a feature of an ECG, so a stretch is covered here by the straight
line between the samples on either side of it.
"""

import numpy as np

from ecg.inference.classifier import Model
from ecg.signal.kaggle_beat import BEAT_LENGTH, beat_lengths

WINDOW = 12
"""Samples covered at once: 0.1 s, about a QRS complex."""
STRIDE = 3
"""Samples from the start of one covered stretch to that of the next."""
LEAST = 1e-6
"""Probabilities nearer to 0 or 1 than this count as this near: single precision does not tell them apart."""


def occlusion(models: dict[str, Model], beat: np.ndarray) -> dict[str, np.ndarray]:
    """Tell how much of each model's answer hangs on each sample of a beat.

    Parameters
    ----------
    models : dict of str to Model
        The models, of Kaggle beats. Each reads all covered beats in one call.
    beat : ndarray of float32, shape (187,)
        A Kaggle beat.

    Returns
    -------
    dict of str to ndarray of float, shape (187,)
        For each model and sample the mean drop of the log-odds of the model's own answer (natural logarithm) over the covered
        stretches that hold the sample; negative where covering it makes the model surer, 0 in the padding.
    """
    covered, holds = cover(beat)
    batch = np.vstack([beat[np.newaxis], covered])
    times = np.maximum(holds.sum(axis=0), 1)  # (187,)
    return {name: _drops(model.classify(batch)) @ holds / times for name, model in models.items()}


def cover(beat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cover one stretch of a beat after another.

    Parameters
    ----------
    beat : ndarray of float32, shape (187,)
        A Kaggle beat. Its padding is not covered, for it is no part of the signal.

    Returns
    -------
    covered : ndarray of float32, shape (w, 187)
        The beat w times, each with a straight line where another stretch was; at either end of the beat a level one.
    holds : ndarray of bool, shape (w, 187)
        Which samples each stretch holds.
    """
    length = int(beat_lengths(beat[np.newaxis])[0])
    width = min(WINDOW, max(length - 1, 1))
    starts = np.union1d(np.arange(0, length - width, STRIDE), length - width)[:, np.newaxis]  # (w, 1)
    ends = starts + width
    before = np.where(starts > 0, starts - 1, ends)
    after = np.where(ends < length, ends, starts - 1)
    steps = np.arange(BEAT_LENGTH)
    line = beat[before] + (beat[after] - beat[before]) * (steps - starts + 1) / (width + 1)
    holds = (steps >= starts) & (steps < ends)
    return np.where(holds, line, beat).astype(np.float32), holds


def _drops(probabilities: np.ndarray) -> np.ndarray:
    answer = probabilities[0].argmax()
    probable = probabilities[:, answer].astype(np.float64).clip(LEAST, 1 - LEAST)
    log_odds = np.log(probable / (1 - probable))
    return np.asarray(log_odds[0] - log_odds[1:])
