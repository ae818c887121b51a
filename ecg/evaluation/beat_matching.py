"""Match beats that were found with beats of reference."""

import numpy as np

NO_MATCH = -1
"""What stands in place of a position where no beat was found."""


def match_beats(reference: np.ndarray, found: np.ndarray, tolerance: float) -> np.ndarray:
    """Find for each beat of reference the one that was found for it, nearest pairs first.

    Parameters
    ----------
    reference : ndarray, shape (n,)
        Positions of the beats of reference in the order of time, in samples (or any other unit of time).
    found : ndarray, shape (m,)
        Positions of the beats found, likewise.
    tolerance : float
        How far apart two beats of a pair may be, in the same unit; EC57 says 150 ms.

    Returns
    -------
    ndarray of int64, shape (n,)
        Index into ``found`` for each beat of reference, -1 where none is left within the tolerance. No index stands twice.
    """
    matches = np.full(len(reference), NO_MATCH, dtype=np.int64)
    open_reference, open_found = np.arange(len(reference)), np.arange(len(found))
    while len(open_reference) and len(open_found):
        of_reference, of_found = reference[open_reference], found[open_found]
        nearest = _nearest(of_reference, of_found)
        is_near = np.abs(of_found[nearest] - of_reference) <= tolerance
        is_pair = is_near & (_nearest(of_found, of_reference)[nearest] == np.arange(len(of_reference)))
        if not is_pair.any():
            break
        matches[open_reference[is_pair]] = open_found[nearest[is_pair]]
        open_found = np.delete(open_found, nearest[is_pair])
        open_reference = open_reference[is_near & ~is_pair]
    return matches


def _nearest(positions: np.ndarray, others: np.ndarray) -> np.ndarray:
    after = np.searchsorted(others, positions).clip(1, max(len(others) - 1, 1))
    before = after - 1
    after = after.clip(max=len(others) - 1)
    return np.where(positions - others[before] <= others[after] - positions, before, after)
