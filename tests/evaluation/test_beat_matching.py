"""Matching beats found with beats of reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg.evaluation.beat_matching import NO_MATCH, match_beats

POSITIONS = st.lists(st.integers(0, 300), max_size=40, unique=True).map(
    lambda values: np.array(sorted(values), dtype=np.int64)
)


@pytest.mark.parametrize(
    ("reference", "found", "expected"),
    [
        ([], [], []),
        ([], [5], []),
        ([5, 90], [], [-1, -1]),
        ([100, 200, 300], [103, 198, 300], [0, 1, 2]),
        ([100, 200, 300], [111, 190, 250], [-1, 1, -1]),  # the tolerance is 10 and belongs to it
        ([100], [92, 101, 109], [1]),  # the nearest, and it alone
        ([95, 100, 112], [104], [-1, 0, -1]),
        ([100, 108], [104, 112], [0, 1]),  # the second takes what the first leaves
        ([100, 108], [90, 107], [0, 1]),
        ([5], [9, 40], [0]),
        ([50], [9, 40], [1]),
    ],
)
def test_examples(reference: list[int], found: list[int], expected: list[int]) -> None:
    matches = match_beats(np.array(reference, dtype=np.int64), np.array(found, dtype=np.int64), 10)
    assert matches.dtype == np.int64
    assert matches.tolist() == expected


@given(POSITIONS, POSITIONS, st.integers(0, 60))
def test_nearest_pairs_first(reference: np.ndarray, found: np.ndarray, tolerance: int) -> None:
    """The distances are those of taking, pair by pair, the nearest two that are left."""
    matches = match_beats(reference, found, tolerance)
    matched = matches != NO_MATCH
    pairs = matches[matched]
    assert len(np.unique(pairs)) == len(pairs)
    left_reference, left_found, distances = list(reference), list(found), []
    while left_reference and left_found:
        distance, a, b = min((abs(int(a - b)), a, b) for a in left_reference for b in left_found)
        if distance > tolerance:
            break
        distances.append(distance)
        left_reference.remove(a)
        left_found.remove(b)
    assert sorted(np.abs(found[pairs] - reference[matched])) == distances


def test_a_day_of_beats() -> None:
    generator = np.random.default_rng(0)
    reference = np.cumsum(generator.integers(60, 400, 100_000))
    found = np.delete(reference + generator.integers(-20, 21, len(reference)), [7, 70_000])
    matches = match_beats(reference, found, 54)
    assert np.flatnonzero(matches == NO_MATCH).tolist() == [7, 70_000]
