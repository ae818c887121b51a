"""The rhythm in which a beat stands, as numbers.

A premature beat is one that comes early for the rhythm around it. What that rhythm is, is told by several neighbourhoods:
among many ectopic beats the median RR interval is itself ectopic, and the upper quartile is that of the slow rhythm beneath.
That RR intervals are best compared with those around is an old finding: de Chazal et al. (2004), doi
10.1109/TBME.2004.827359; Saenz-Cogollo and Agelli (2020), doi 10.3390/a13040075.
"""

import numpy as np
from scipy import ndimage

from ecg.errors import InputError

SHORTEST, LONGEST = 0.15, 3.0
"""RR intervals are taken to be no shorter and no longer, in s: a pause in the annotation is not a heartbeat's."""
NEAR, AROUND, FAR = 11, 51, 301
"""RR intervals of the three neighbourhoods, the beat's own in the middle."""
RHYTHM = (
    "previous",
    "next",
    "before_previous",
    "after_next",
    "previous_near",
    "next_near",
    "previous_far",
    "next_far",
    "rate",
    "spread",
    "irregularity",
    "irregularity_near",
)
"""What the numbers of a rhythm vector are; see `rhythm_vectors`."""


def rhythm_vectors(times: np.ndarray) -> np.ndarray:
    """Describe the rhythm around each beat.

    Parameters
    ----------
    times : ndarray of float, shape (n,)
        Times of the R peaks in s, rising.

    Returns
    -------
    ndarray of float32, shape (n, 12)
        In the order of `RHYTHM`, all of them natural logarithms of ratios: the previous and the next RR interval, the one
        before and the one after those, to the upper quartile of the 51 intervals around; the previous and the next one
        to the median of 11 and to the 90th percentile of 301; the upper quartile itself to 1 s; lower to upper quartile of the
        51; and by how much one interval differs from the one before, median over 51 and over 11.

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
    previous = np.append(intervals[0], intervals)
    following = np.append(intervals, intervals[-1])
    change = np.abs(np.diff(previous, prepend=previous[0]))
    upper = percentile_around(previous, 75, AROUND)
    near, far = percentile_around(previous, 50, NEAR), percentile_around(previous, 90, FAR)
    numbers = (
        previous - upper,
        following - upper,
        np.append(previous[0], previous[:-1]) - upper,
        np.append(following[1:], following[-1]) - upper,
        previous - near,
        following - near,
        previous - far,
        following - far,
        upper,
        percentile_around(previous, 25, AROUND) - upper,
        percentile_around(change, 50, AROUND),
        percentile_around(change, 50, NEAR),
    )
    return np.stack(numbers, axis=1).astype(np.float32)


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
    padded = np.pad(values, side, mode="symmetric")
    return ndimage.percentile_filter(padded, percentile, size=size)[side:-side]
