"""The rhythm in which a beat stands, as numbers.

A premature beat is one that comes early for the rhythm around it, and how early is early depends on how regular that rhythm
is: in atrial fibrillation every other beat comes after 0.7 of the usual interval and means nothing. So each RR interval near
the beat is told three times: as a ratio to those around, in units of how much those differ, and by its rank among them. What
the rhythm is, is told by two neighbourhoods: among many ectopic beats of the last minute the median RR interval is itself
ectopic, and the one of five minutes, or a higher percentile, is that of the rhythm beneath.

That RR intervals are best compared with those around is an old finding: de Chazal et al. (2004), doi
10.1109/TBME.2004.827359; Saenz-Cogollo and Agelli (2020), doi 10.3390/a13040075.
"""

import numpy as np
import scipy  # its parts are loaded when first used; see ecg/signal/context_beat.py

from ecg.errors import InputError

SHORTEST, LONGEST = 0.15, 3.0
"""RR intervals are taken to be no shorter and no longer, in s: a pause in the annotation is not a heartbeat's."""
NEIGHBOURHOODS = {"around": 51, "far": 301}
"""RR intervals of the two neighbourhoods, the beat's own in the middle."""
LEAST_SPREAD = 0.05
"""Added to what numbers are put in units of: RR intervals that differ by less are those of a regular rhythm."""
TIE = 0.02
"""RR intervals that differ by less, as a share, have the same rank."""
UNLIKE = 0.1
"""An RR interval further than this from the median, as a share, is unlike the rhythm."""
FLOOR = 0.02
"""Added to what a logarithm is taken of, so that a rhythm without any irregularity has one too."""
LARGEST = 8.0
"""No number is further from 0."""
NEAR = ("next_to_previous", "previous_to_before", "after_to_next", "before", "after")
OF_A_NEIGHBOURHOOD = (
    "previous",
    "next",
    "previous_to_slow",
    "next_to_slow",
    "previous_to_slowest",
    "next_to_slowest",
    "previous_by_irregularity",
    "next_by_irregularity",
    "previous_by_spread",
    "next_by_spread",
    "rank_before",
    "rank_previous",
    "rank_next",
    "rank_after",
    "irregularity",
    "mean_irregularity",
    "spread",
    "unlike",
)
RATIOS = 11
"""The first numbers are plain ratios of RR intervals."""
RHYTHM = NEAR + tuple(f"{name}_{where}" for where in NEIGHBOURHOODS for name in OF_A_NEIGHBOURHOOD)
"""What the numbers of a rhythm vector are; see `rhythm_vectors`."""


def rhythm_vectors(times: np.ndarray) -> np.ndarray:
    """Describe the rhythm around each beat.

    Parameters
    ----------
    times : ndarray of float, shape (n,)
        Times of the R peaks in s, rising.

    Returns
    -------
    ndarray of float32, shape (n, 41)
        In the order of `RHYTHM`; all but the ranks are of natural logarithms of RR intervals, so that the heart rate does not
        matter. First the differences of the next to the previous interval, of that to the one before, of the one after the
        next to the next, and of the one before and the one after to the upper quartile of the 51 around. Then, of the 51
        and of the 301 intervals around: the previous and the next interval less the median, the upper quartile and the 90th
        percentile; the first two in units of the irregularity, the other two in units of the spread; the rank, 0 to 1, of
        the two intervals before and the two after; the irregularity, which is the median of how much an interval differs from
        the one before, and the mean of the same, both as logarithms; the logarithm of the spread, from lower to upper
        quartile; and the share of intervals unlike the median.

    Raises
    ------
    InputError
        If there are fewer than two beats, or if their times do not rise.
    """
    if len(times) < 2 or not (np.diff(times) > 0).all():
        raise InputError(
            f"A rhythm needs the times of at least two heartbeats, each later than the one before; {len(times)} were given"
            f"{', not all of them in the order of time' if len(times) > 1 else ''}."
        )
    intervals = np.log(np.clip(np.diff(times), SHORTEST, LONGEST))
    previous, following = np.append(intervals[0], intervals), np.append(intervals, intervals[-1])
    before, after = np.append(previous[0], previous[:-1]), np.append(following[1:], following[-1])
    slow = percentile_around(previous, 75, NEIGHBOURHOODS["around"])
    numbers = [following - previous, previous - before, after - following, before - slow, after - slow]
    for size in NEIGHBOURHOODS.values():
        numbers += _compared(before, previous, following, after, size)
    return np.clip(np.stack(numbers, axis=1), -LARGEST, LARGEST).astype(np.float32)


def _compared(
    before: np.ndarray, previous: np.ndarray, following: np.ndarray, after: np.ndarray, size: int
) -> list[np.ndarray]:
    change = np.abs(np.diff(previous, prepend=previous[0]))
    irregularity = percentile_around(change, 50, size)
    fast, usual, slow, slowest = (percentile_around(previous, percentile, size) for percentile in (25, 50, 75, 90))
    numbers = [interval - level for level in (usual, slow, slowest) for interval in (previous, following)]
    numbers += [number / (irregularity + LEAST_SPREAD) for number in numbers[:2]]
    numbers += [number / (slow - fast + LEAST_SPREAD) for number in numbers[2:4]]
    numbers += [_rank_around(interval, size) for interval in (before, previous, following, after)]
    numbers += [np.log(spread + FLOOR) for spread in (irregularity, _mean_around(change, size), slow - fast)]
    numbers.append(_mean_around((np.abs(previous - usual) > UNLIKE).astype(float), size))
    return numbers


def percentile_around(values: np.ndarray, percentile: float, size: int) -> np.ndarray:
    """Return a percentile of the values around each one.

    Parameters
    ----------
    values : ndarray, shape (n,)
        One number a beat.
    percentile : float
        0 to 100.
    size : int
        Number of values taken, an odd one: the value itself and as many on either side. Beyond the ends the values are
        mirrored.

    Returns
    -------
    ndarray, shape (n,)
        The percentiles.
    """
    # mirrored here: SciPy's filter goes wrong (1.17) where it has to mirror a short array more than once
    side = size // 2
    return scipy.ndimage.percentile_filter(_mirrored(values, size), percentile, size=size)[side:-side]


def _rank_around(values: np.ndarray, size: int) -> np.ndarray:
    mirrored = _mirrored(values, size)
    below, above = values - TIE, values + TIE
    shorter, not_longer = np.zeros((2, len(values)), dtype=np.int16)
    for offset in range(size):  # one neighbour of all beats at a time: a table of all neighbours would be 301 times as large
        neighbour = mirrored[offset : offset + len(values)]
        shorter += neighbour < below
        not_longer += neighbour < above
    return (shorter / size + not_longer / size) / 2


def _mean_around(values: np.ndarray, size: int) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(_mirrored(values, size), size).mean(axis=1)


def _mirrored(values: np.ndarray, size: int) -> np.ndarray:
    return np.pad(values, size // 2, mode="symmetric")
