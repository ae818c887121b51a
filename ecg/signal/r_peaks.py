"""Find the R peaks of a recording.

In the manner of Pan J, Tompkins WJ. A real-time QRS detection algorithm. IEEE Trans Biomed Eng 32(3):230-236 (1985),
doi 10.1109/TBME.1985.325532: band-pass, slope, energy in a moving window, a threshold that follows the height of the QRS
complexes, a check for T waves. Unlike theirs, this detector does not work in real time: the filters have no delay, and the
threshold uses later samples too. The constants were tuned on DS1; `benchmarks.detectors` measures the result.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy  # its parts are loaded when first used, which the demo is not when it opens

from ecg.signal.context_beat import check_sampling_rate

BAND = (3, 22)
"""Pass band, in Hz."""
ENERGY_WINDOW = 0.1
"""Time over which the energy of the slope is taken, in s: about that of a QRS complex."""
REFRACTORY = 0.25
"""Least time between two QRS complexes, in s."""
THRESHOLD = 0.3
"""Least height of a QRS complex, as a share of the usual height around."""
SHADOW = 0.36
"""Time before and after a QRS complex, in s, in which much lower peaks are its P and T wave."""
SHADOW_RATIO = 0.5
"""How high those are at most, as a share of the QRS complex."""
LONGEST_RR_S = 1.5
"""Time in which one QRS complex at least is expected, in s."""
AROUND = 10
"""Time over which the usual height is taken, in s."""
LEAST_HEIGHT = 0.2
"""Least usual height, as a share of its upper quartile: where the electrodes are off, noise is no QRS complex."""
ROUNDING = 1e-6
"""Usual heights below this share of the largest value come of rounding."""
SEARCH = 0.08
"""How far the R peak may be from the middle of the QRS complex, in s."""
PIECE, MARGIN = 3600, 30
"""A recording is read in pieces of so many seconds, with so many seconds before and after, to bound the memory."""
AT_ONCE = 2
"""Pieces that are read at the same time; more would hardly be faster, as half of the work is done by one thread at a time."""


def find_peaks(ecg: np.ndarray, fs: float) -> np.ndarray:
    """Find the R peaks of one lead; time and memory are proportional to its length.

    Parameters
    ----------
    ecg : ndarray, shape (m,)
        One lead, in any unit and of either polarity, without NaN.
    fs : float
        Sampling rate in Hz, 100 to 1,000.

    Returns
    -------
    ndarray of int64, shape (n,)
        Rising positions of the R peaks: where the band-passed QRS complex is farthest from 0, upwards or downwards. A flat
        line has none.

    Raises
    ------
    InputError
        If the sampling rate is out of range or unknown.
    """
    check_sampling_rate(fs)
    piece, margin = round(PIECE * fs), round(MARGIN * fs)

    def peaks_from(start: int) -> np.ndarray:
        first = max(start - margin, 0)
        found = first + _peaks_of_piece(ecg[first : start + piece + margin], fs)
        return found[(found >= start) & (found < start + piece)]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return np.concatenate([np.empty(0, dtype=np.int64), *pool.map(peaks_from, range(0, len(ecg), piece))])


def _peaks_of_piece(ecg: np.ndarray, fs: float) -> np.ndarray:
    if len(ecg) < 2:
        return np.empty(0, dtype=np.int64)
    values = ecg.astype(float)
    rounding = ROUNDING * np.abs(values).max()
    values -= values[0]
    sos = scipy.signal.butter(2, BAND, "bandpass", fs=fs, output="sos")
    band = scipy.signal.sosfiltfilt(sos, values, padlen=min(round(fs), len(values) - 1))
    slope_energy = scipy.ndimage.uniform_filter1d(np.gradient(band) ** 2, round(ENERGY_WINDOW * fs))
    height = np.sqrt(np.maximum(slope_energy, 0))  # a running sum of squares may end a little below 0
    candidates, _ = scipy.signal.find_peaks(height, distance=round(REFRACTORY * fs))
    usual_height = np.maximum(_usual_height(height, fs), rounding)
    complexes = candidates[_is_complex(candidates / fs, height[candidates], usual_height[candidates])]
    return _extreme_near(np.abs(band), complexes, round(SEARCH * fs))


def _usual_height(height: np.ndarray, fs: float) -> np.ndarray:
    every = round(fs / 20)
    reduced = np.maximum.reduceat(height, np.arange(0, len(height), every))
    highest = scipy.ndimage.maximum_filter1d(reduced, round(LONGEST_RR_S * fs / every))
    usual = scipy.ndimage.median_filter(highest, round(AROUND * fs / every))
    return np.maximum(usual, LEAST_HEIGHT * np.percentile(usual, 75)).repeat(every)[: len(height)]


def _is_complex(times: np.ndarray, heights: np.ndarray, usual: np.ndarray) -> np.ndarray:
    is_complex = heights > THRESHOLD * usual
    is_close = np.diff(times) < SHADOW
    is_complex[1:] &= ~(is_close & (heights[1:] < SHADOW_RATIO * heights[:-1]))
    is_complex[:-1] &= ~(is_close & (heights[:-1] < SHADOW_RATIO * heights[1:]))
    return is_complex


def _extreme_near(values: np.ndarray, positions: np.ndarray, distance: int) -> np.ndarray:
    around = positions[:, None] + np.arange(-distance, distance + 1)  # (n, 2 * distance + 1)
    inside = (around >= 0) & (around < len(values))
    best = np.where(inside, values[around.clip(0, len(values) - 1)], -1).argmax(axis=1)
    return positions + best - distance
