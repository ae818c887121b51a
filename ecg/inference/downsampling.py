"""Reduce a long signal to the samples worth drawing: the lowest and the highest one in each pixel."""

import numpy as np


def min_max(values: np.ndarray, most: int) -> np.ndarray:
    """Choose the samples to draw, so that no peak is lost.

    Parameters
    ----------
    values : ndarray of float, shape (m,)
        A signal.
    most : int
        Number of samples that may be drawn; at least 2.

    Returns
    -------
    ndarray of int64, shape (k,)
        Increasing positions, at most ``most``: all of a short signal, or the extremes of equally long stretches.
    """
    if len(values) <= most:
        return np.arange(len(values))
    starts = np.linspace(0, len(values), most // 2, endpoint=False).astype(np.int64)
    lowest, highest = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    stretch = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(values))))
    low, high = np.flatnonzero(values == lowest[stretch]), np.flatnonzero(values == highest[stretch])
    first_low, first_high = (found[np.unique(stretch[found], return_index=True)[1]] for found in (low, high))
    return np.unique(np.concatenate([first_low, first_high]))
