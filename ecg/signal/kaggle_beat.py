"""Cut heartbeats out of an annotated signal.

The Kaggle beat is that of Kachuee et al. (2018), https://arxiv.org/abs/1805.00794, as the published files really hold it:
it starts at the R peak, ends a fifth of the way from the next annotation to the one after, is scaled to 0..1 by itself and
padded with zeros.
"""

from dataclasses import dataclass

import numpy as np

from ecg.classes import LABEL_OF_SYMBOL

BEAT_LENGTH = 187
"""Samples of a Kaggle beat."""
STEP = 3
"""Every third sample of a 360 Hz signal is kept."""
BEAT_FS = 120
"""Sampling rate of a Kaggle beat, in Hz (not the 125 Hz of the data card)."""


@dataclass(frozen=True)
class KaggleBeats:
    """Beats cut from one signal.

    Attributes
    ----------
    beats : ndarray of float32, shape (n, 187)
        The beats at 120 Hz, each scaled to 0..1 and padded with zeros.
    samples : ndarray of int64, shape (n,)
        Position of each beat's annotation in the signal.
    symbols : ndarray of str, shape (n,)
        MIT-BIH symbol of each beat.
    """

    beats: np.ndarray
    samples: np.ndarray
    symbols: np.ndarray


def cut_kaggle_beats(signal: np.ndarray, samples: np.ndarray, symbols: np.ndarray) -> KaggleBeats:
    """Cut the beats of the Kaggle "Heartbeat" set from a signal.

    Parameters
    ----------
    signal : ndarray, shape (m,)
        The signal at 360 Hz, in any unit.
    samples : ndarray of int, shape (n,)
        Rising positions of all annotations, also of those that are no beats: they end a beat too.
    symbols : ndarray of str, shape (n,)
        MIT-BIH symbols of the annotations.

    Returns
    -------
    KaggleBeats
        One beat for each annotation of a beat. The last annotation, and beats that cannot be scaled (flat, or shorter than two
        samples), are left out.
    """
    following = samples[1:]
    after_that = np.append(samples[2:], samples[-1:])
    ends = (following + 0.2 * (after_that - following)).astype(np.int64)
    is_beat = np.isin(symbols[:-1], list(LABEL_OF_SYMBOL))

    starts, ends, symbols = samples[:-1][is_beat], ends[is_beat], symbols[:-1][is_beat]
    lengths = -((starts - np.minimum(ends, len(signal))) // STEP)  # rounded up
    inside = np.arange(BEAT_LENGTH) < lengths[:, None]  # (n, 187)
    values = signal.take(starts[:, None] + STEP * np.arange(BEAT_LENGTH), mode="clip")
    values = np.where(inside, values, values[:, :1])

    # quotients of integers as small as these are the same in float32
    precision = np.float32 if np.can_cast(signal.dtype, np.int16) else np.float64
    low, high = values.min(axis=1).astype(precision), values.max(axis=1).astype(precision)
    shaped = high > low
    values, low, height = values[shaped], low[shaped, None], (high - low)[shaped, None]
    beats = np.where(inside[shaped], (values - low) / height, np.float32(0)).astype(np.float32)
    return KaggleBeats(beats, starts[shaped], symbols[shaped])


def beat_lengths(beats: np.ndarray) -> np.ndarray:
    """Return the number of samples of each Kaggle beat, shape (n, 187), before its zero padding."""
    return BEAT_LENGTH - (beats[:, ::-1] != 0).argmax(axis=1)
