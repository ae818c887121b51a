"""Draw long signals fast: of each stretch that falls on one pixel only its lowest and its highest sample."""

import numpy as np


def min_max(values: np.ndarray, most: int) -> np.ndarray:
    """Choose the samples to draw.

    Parameters
    ----------
    values : ndarray of float, shape (m,)
        A signal.
    most : int
        How many samples may be drawn; at least 2.

    Returns
    -------
    ndarray of int64, shape (k,)
        Positions, rising, at most ``most`` of them: all of a short signal; of a long one the lowest and the highest sample of
        each of equally long stretches, so that no peak is lost.
    """
    if len(values) <= most:
        return np.arange(len(values))
    starts = np.linspace(0, len(values), most // 2, endpoint=False).astype(np.int64)
    lowest, highest = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    stretch = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(values))))
    low, high = np.flatnonzero(values == lowest[stretch]), np.flatnonzero(values == highest[stretch])
    first_low, first_high = (found[np.unique(stretch[found], return_index=True)[1]] for found in (low, high))
    return np.unique(np.concatenate([first_low, first_high]))
