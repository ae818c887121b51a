"""Cut beats in context: what the models of unseen patients read of a beat.

Unlike the Kaggle beat, a beat in context holds the P wave and the amplitude, is compared with the beats around it, and has RR
features. All of it is computed from the signal and the R peaks alone, from at most 300 beats to either side (150 for the
median beat, and 150 more for the QRS heights of those).
"""

import math
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

import bottleneck
import numpy as np
import scipy  # its parts are loaded when first used: the demo opens a second earlier

from ecg.errors import InputError
from ecg.signal.kaggle_beat import BEAT_FS
from ecg.signal.rr_features import rhythm_vectors

CONTEXT_LENGTH = 120
"""Samples of a beat in context, at 120 Hz."""
BEFORE = 48
"""Samples before the R peak: 0.4 s."""
CHANNELS = 2
FS_RANGE = (100, 1000)
"""Sampling rates that are accepted, in Hz."""
CUT_FS = 360
"""Sampling rate at which beats are cut, in Hz: that of the MIT-BIH records, so that those are not resampled."""
BASELINE_STEP = 6
"""Samples at that rate between two values of the baseline, which is slow."""
QRS = slice(BEFORE - 12, BEFORE + 12)
"""Samples that hold the QRS complex: 0.1 s to either side of the R peak."""
NEIGHBOURS = 150
"""Beats to either side with which a beat is compared."""
PIECE, MARGIN = 600, 10
"""A recording is cut in pieces of so many seconds, with so many seconds before and after, to bound the memory."""
AT_ONCE = 2
"""Threads that work at it."""


@dataclass(frozen=True)
class ContextBeats:
    """Beats in context, cut from one recording.

    Attributes
    ----------
    beats : ndarray of float32, shape (n, 120, 2)
        Channel 0: from 0.4 s before to 0.6 s after each R peak at 120 Hz, without baseline wander, in units of the median QRS
        height around it. Channel 1: the same, minus the median beat around it.
    rhythm : ndarray of float32, shape (n, 41)
        RR features of each beat; see `ecg.signal.rr_features`.
    """

    beats: np.ndarray
    rhythm: np.ndarray

    def rows(self, chosen: np.ndarray) -> "ContextBeats":
        """Return the beats that a mask or an array of positions names."""
        return ContextBeats(self.beats[chosen], self.rhythm[chosen])

    @staticmethod
    def concatenate(parts: Sequence["ContextBeats"]) -> "ContextBeats":
        """Join the beats of several recordings, in that order."""
        return ContextBeats(np.concatenate([part.beats for part in parts]), np.concatenate([part.rhythm for part in parts]))


def check_sampling_rate(fs: float) -> None:
    """Raise an `InputError` if a sampling rate is out of range, or NaN."""
    low, high = FS_RANGE
    if not low <= fs <= high:
        raise InputError(f"The sampling rate is {fs:g} Hz; {low} to {high} Hz are expected.")


def cut_context_beats(ecg: np.ndarray, fs: float, peaks: np.ndarray) -> ContextBeats:
    """Cut all beats of a recording in their context.

    Parameters
    ----------
    ecg : ndarray, shape (m,)
        One lead, in any unit.
    fs : float
        Sampling rate in Hz, 100 to 1,000.
    peaks : ndarray of int, shape (n,)
        Rising positions of the R peaks.

    Returns
    -------
    ContextBeats
        One beat for each R peak. Samples beyond the ends of the recording are 0.

    Raises
    ------
    InputError
        If the sampling rate is out of range or unknown, or if there are fewer than two R peaks.
    """
    check_sampling_rate(fs)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rhythm = pool.submit(rhythm_vectors, peaks / fs)
        columns = _columns(ecg, fs, peaks, pool)
        usual_height = _median_of_neighbours(np.ptp(columns[QRS], axis=0))
        columns /= np.maximum(usual_height, np.finfo(np.float32).tiny)
        beats = np.empty((len(peaks), CONTEXT_LENGTH, CHANNELS), dtype=np.float32)
        beats[:, :, 0] = columns.T
        for column, median in zip(columns, pool.map(_median_of_neighbours, columns), strict=True):
            column -= median
        beats[:, :, 1] = columns.T
        return ContextBeats(beats, rhythm.result())


def _columns(ecg: np.ndarray, fs: float, peaks: np.ndarray, pool: Executor) -> np.ndarray:
    """Return the samples of the beats above the baseline, shape (120, n): the first of all beats, the second, and so on."""
    ratio = Fraction(CUT_FS / fs).limit_denominator(1000)
    # pieces start where both rates have a sample and the baseline a value, so that they give what the whole would
    step = ratio.denominator * BASELINE_STEP
    piece, margin = (math.ceil(seconds * fs / step) * step for seconds in (PIECE, MARGIN))
    columns = np.zeros((CONTEXT_LENGTH, len(peaks)), dtype=np.float32)
    offset = ecg.mean(dtype=np.float64)

    def cut_from(start: int) -> None:
        first = max(start - margin, 0)
        signal = _resampled(ecg[first : start + piece + margin], ratio, offset)
        some = slice(*np.searchsorted(peaks, (start, start + piece)))
        positions = np.round(peaks[some] * (CUT_FS / fs)).astype(np.int64) - int(first * ratio)
        columns[:, some] = _windows(signal, _baseline(signal), positions).T

    list(pool.map(cut_from, range(0, len(ecg), piece)))
    return columns


def _resampled(ecg: np.ndarray, ratio: Fraction, offset: float) -> np.ndarray:
    if ratio == 1:
        return ecg.astype(np.float32)
    # the filter is another one for each of the samples in between, and some of these let more of an offset through than others
    return scipy.signal.resample_poly((ecg - offset).astype(np.float32), ratio.numerator, ratio.denominator, padtype="line")


def _baseline(ecg: np.ndarray) -> np.ndarray:
    """Return the baseline at every sixth sample."""
    # two median filters, of 200 and 600 ms, as in de Chazal et al. (2004): the first takes out QRS and P, the second T
    return _median_around(_median_around(_reduced(ecg), 13), 37)


def _reduced(ecg: np.ndarray) -> np.ndarray:
    """Return the mean of the six samples around every sixth, mirrored beyond the ends."""
    half = BASELINE_STEP // 2
    values = -(-len(ecg) // BASELINE_STEP)
    around = np.pad(ecg, half, mode="symmetric")[: values * BASELINE_STEP].reshape(values, BASELINE_STEP)
    total = np.zeros(values)
    for column in around.T:  # faster than to add up along rows as short as these
        total += column
    return (total / BASELINE_STEP).astype(np.float32)


def _windows(ecg: np.ndarray, baseline: np.ndarray, peaks: np.ndarray) -> np.ndarray:
    positions = peaks[:, None] + CUT_FS // BEAT_FS * (np.arange(CONTEXT_LENGTH) - BEFORE)  # (n, 120)
    inside = (positions >= 0) & (positions < len(ecg))
    positions = positions.clip(0, len(ecg) - 1)
    drift = np.interp(positions, np.arange(len(baseline)) * BASELINE_STEP, baseline).astype(np.float32)
    return np.where(inside, ecg[positions] - drift, np.float32(0))


def _median_of_neighbours(values: np.ndarray) -> np.ndarray:
    return _median_around(values, 2 * NEIGHBOURS + 1)


def _median_around(values: np.ndarray, size: int) -> np.ndarray:
    """Return the median of the values around each one, an odd number of them, mirrored beyond the ends."""
    mirrored = np.pad(values, size // 2, mode="symmetric")
    return bottleneck.move_median(mirrored, size)[size - 1 :]  # of the last so many; unlike SciPy's, several at a time
