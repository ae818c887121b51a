"""Match detected beats with reference beats, as EC57 asks for."""

import numpy as np

TOLERANCE_S = 0.15
"""How far a detected beat may lie from its annotation, in s (ANSI/AAMI EC57)."""
NO_MATCH = -1
"""Index of a beat that has no match."""


def match_beats(reference: np.ndarray, found: np.ndarray, tolerance: float) -> np.ndarray:
    """Match each reference beat with a detected beat, nearest pairs first.

    Parameters
    ----------
    reference, found : ndarray, shapes (n,) and (m,)
        Positions of the reference beats and of the detected beats, in ascending order and in the same unit.
    tolerance : float
        Greatest distance within a pair, in the same unit; EC57 allows `TOLERANCE_S`.

    Returns
    -------
    ndarray of int64, shape (n,)
        Index into ``found`` for each reference beat, -1 for a beat without a match. No index occurs twice.
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
