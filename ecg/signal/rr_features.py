"""RR features: the rhythm around a beat, as 41 numbers.

A premature beat is one that comes early for the rhythm around it, and how early is early depends on how regular that rhythm
is: in atrial fibrillation every other beat comes after 0.7 of the usual interval and means nothing. So each RR interval near
the beat is given in three ways: as a ratio to the intervals around, in units of their variation, and by its rank among them.
There are two neighbourhoods: if most beats of the last minute are ectopic, the median RR interval is ectopic too; then that
of five minutes, or a higher percentile, represents the underlying rhythm.

Comparing RR intervals with those around follows de Chazal et al. (2004), doi
10.1109/TBME.2004.827359; Saenz-Cogollo and Agelli (2020), doi 10.3390/a13040075.
"""

import numpy as np
import scipy  # its parts are loaded when first used; see ecg/signal/context_beat.py

from ecg.errors import InputError

SHORTEST_RR_S, LONGEST_RR_S = 0.15, 3.0
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
LARGEST_FEATURE = 8.0
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
"""Names of the 41 RR features; see `rhythm_vectors`."""


def rhythm_vectors(times: np.ndarray) -> np.ndarray:
    """Return the RR features of each beat.

    Parameters
    ----------
    times : ndarray of float, shape (n,)
        Rising times of the R peaks in s.

    Returns
    -------
    ndarray of float32, shape (n, 41)
        In the order of `RHYTHM`. All but the ranks are of natural logarithms of RR intervals, so that the heart rate has no
        effect. First five differences: next minus previous interval; previous minus the one before it; the one after the next
        minus the next; and the one before the previous, and the one after the next, minus the upper quartile of the 51 around.
        Then, of the 51 and of the 301 intervals around: the previous and the next interval minus the median, the upper
        quartile and the 90th percentile; the differences to the median in units of the irregularity; those to the upper
        quartile in units of the spread; the ranks, 0 to 1, of the two intervals before and the two after; the logarithms of
        the irregularity (median absolute difference of successive intervals), of the mean absolute difference and of the
        spread (interquartile range); and the share of intervals unlike the median.

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
    intervals = np.log(np.clip(np.diff(times), SHORTEST_RR_S, LONGEST_RR_S))
    previous, following = np.append(intervals[0], intervals), np.append(intervals, intervals[-1])
    before, after = np.append(previous[0], previous[:-1]), np.append(following[1:], following[-1])
    slow = percentile_around(previous, 75, NEIGHBOURHOODS["around"])
    numbers = [following - previous, previous - before, after - following, before - slow, after - slow]
    for size in NEIGHBOURHOODS.values():
        numbers += _compared(before, previous, following, after, size)
    return np.clip(np.stack(numbers, axis=1), -LARGEST_FEATURE, LARGEST_FEATURE).astype(np.float32)


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
    """Return a percentile of the values around each value, shape (n,).

    `percentile` is from 0 to 100. `size`, an odd number, counts the value itself and as many on either side. Beyond the ends
    the values are mirrored.
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
