"""The rhythm vector."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg.errors import InputError
from ecg.rhythm import LONGEST, RHYTHM, SHORTEST, rhythm_vectors


def column(vectors: np.ndarray, name: str) -> np.ndarray:
    return vectors[:, RHYTHM.index(name)]


intervals = st.lists(st.floats(0.3, 2.0), min_size=1, max_size=60)


@given(intervals, st.floats(0.0, 1e5))
def test_only_intervals_count(gaps: list[float], start: float) -> None:
    times = np.cumsum([0.0, *gaps])
    np.testing.assert_allclose(rhythm_vectors(times + start), rhythm_vectors(times), atol=1e-5)


@given(intervals, st.floats(0.6, 1.4))
def test_a_faster_heart_changes_nothing_but_the_rate(gaps: list[float], factor: float) -> None:
    times = np.cumsum([0.0, *gaps])
    slow, fast = rhythm_vectors(times), rhythm_vectors(times * factor)
    rate = RHYTHM.index("rate")
    np.testing.assert_allclose(np.delete(fast, rate, axis=1), np.delete(slow, rate, axis=1), atol=1e-5)
    np.testing.assert_allclose(fast[:, rate] - slow[:, rate], np.log(factor), atol=1e-5)


@given(st.lists(st.floats(1e-3, 1e4), min_size=1, max_size=60))
def test_any_intervals_give_small_numbers(gaps: list[float]) -> None:
    vectors = rhythm_vectors(np.cumsum([0.0, *gaps]))
    assert vectors.shape == (len(gaps) + 1, len(RHYTHM))
    assert vectors.dtype == np.float32
    assert (np.abs(vectors) <= np.log(LONGEST / SHORTEST) + 1e-6).all()


def test_a_premature_beat_and_its_pause() -> None:
    gaps = np.full(100, 0.8)
    gaps[49:51] = 0.56, 1.04
    vectors = rhythm_vectors(np.cumsum([0, *gaps]))
    for neighbourhood in ("", "_near", "_far"):
        assert column(vectors, f"previous{neighbourhood}")[50] == pytest.approx(np.log(0.7), abs=1e-5)
        assert column(vectors, f"next{neighbourhood}")[50] == pytest.approx(np.log(1.3), abs=1e-5)
    assert column(vectors, "before_previous")[51] == column(vectors, "previous")[50]
    assert column(vectors, "after_next")[49] == column(vectors, "next")[50]
    np.testing.assert_allclose(np.delete(vectors, [48, 49, 50, 51, 52], axis=0)[:, :8], 0, atol=1e-5)


def test_among_many_ectopic_beats_the_slow_rhythm_is_the_measure() -> None:
    gaps = np.tile([1.5, 0.6, 0.6], 60)
    vectors = rhythm_vectors(np.cumsum([0, *gaps]))[60:120]
    after_pause = gaps[59:119] == 1.5
    np.testing.assert_allclose(column(vectors, "previous")[after_pause], 0, atol=1e-5)
    np.testing.assert_allclose(column(vectors, "previous")[~after_pause], np.log(0.4), atol=1e-5)


def test_irregular_rhythms_are_told_from_regular_ones() -> None:
    generator = np.random.default_rng(0)
    regular, irregular = (rhythm_vectors(np.cumsum(generator.normal(0.8, spread, 300))) for spread in (0.02, 0.16))
    assert column(regular, "irregularity").max() < column(irregular, "irregularity").min()


@pytest.mark.parametrize("times", [[], [1.0], [1.0, 1.0], [2.0, 1.0]])
def test_what_is_no_rhythm_is_refused(times: list[float]) -> None:
    with pytest.raises(InputError, match="at least two heartbeats"):
        rhythm_vectors(np.array(times))
