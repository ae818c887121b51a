"""RR features."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg.errors import InputError
from ecg.signal.rr_features import FLOOR, LARGEST_FEATURE, LEAST_SPREAD, NEIGHBOURHOODS, RATIOS, RHYTHM, rhythm_vectors


def column(vectors: np.ndarray, name: str) -> np.ndarray:
    return vectors[:, RHYTHM.index(name)]


intervals = st.lists(st.floats(0.3, 2.0), min_size=1, max_size=60)


@given(intervals, st.floats(0.0, 1e5))
def test_only_intervals_count(gaps: list[float], start: float) -> None:
    times = np.cumsum([0.0, *gaps])
    np.testing.assert_allclose(rhythm_vectors(times + start), rhythm_vectors(times), atol=1e-5)


@given(intervals, st.floats(0.6, 1.4))
def test_a_faster_heart_changes_nothing(gaps: list[float], factor: float) -> None:
    times = np.cumsum([0.0, *gaps])
    slow, fast = rhythm_vectors(times), rhythm_vectors(times * factor)
    ranks = [name.startswith(("rank", "unlike")) for name in RHYTHM]  # on the verge of a tie rounding decides
    np.testing.assert_allclose(fast[:, ~np.array(ranks)], slow[:, ~np.array(ranks)], atol=1e-4)


@given(st.lists(st.floats(1e-3, 1e4), min_size=1, max_size=60))
def test_any_intervals_give_small_numbers(gaps: list[float]) -> None:
    vectors = rhythm_vectors(np.cumsum([0.0, *gaps]))
    assert vectors.shape == (len(gaps) + 1, len(RHYTHM))
    assert vectors.dtype == np.float32
    assert (np.abs(vectors) <= LARGEST_FEATURE).all()


def test_a_premature_beat_and_its_pause() -> None:
    gaps = np.full(100, 0.8)
    gaps[49:51] = 0.56, 1.04
    vectors = rhythm_vectors(np.cumsum([0, *gaps]))
    for neighbourhood in NEIGHBOURHOODS:
        for measure in ("", "_to_slow"):
            assert column(vectors, f"previous{measure}_{neighbourhood}")[50] == pytest.approx(np.log(0.7), abs=1e-5)
            assert column(vectors, f"next{measure}_{neighbourhood}")[50] == pytest.approx(np.log(1.3), abs=1e-5)
        for unit in ("irregularity", "spread"):
            in_units = column(vectors, f"previous_by_{unit}_{neighbourhood}")[50]
            assert in_units == pytest.approx(max(np.log(0.7) / LEAST_SPREAD, -LARGEST_FEATURE), rel=1e-4)
        assert column(vectors, f"rank_previous_{neighbourhood}")[50] < 0.02
        assert column(vectors, f"rank_next_{neighbourhood}")[50] > 0.98
        assert column(vectors, f"rank_before_{neighbourhood}")[51] == column(vectors, f"rank_previous_{neighbourhood}")[50]
        assert column(vectors, f"rank_after_{neighbourhood}")[49] == column(vectors, f"rank_next_{neighbourhood}")[50]
    assert column(vectors, "next_to_previous")[50] == pytest.approx(np.log(1.3 / 0.7), abs=1e-5)
    assert column(vectors, "before")[51] == pytest.approx(np.log(0.7), abs=1e-5)
    assert column(vectors, "after")[49] == pytest.approx(np.log(1.3), abs=1e-5)
    np.testing.assert_allclose(np.delete(vectors, [48, 49, 50, 51, 52], axis=0)[:, :RATIOS], 0, atol=1e-5)


def test_among_many_ectopic_beats_the_slow_rhythm_is_the_measure() -> None:
    gaps = np.tile([1.5, 0.6, 0.6], 150)
    vectors = rhythm_vectors(np.cumsum([0, *gaps]))[180:270]
    after_pause = gaps[179:269] == 1.5
    for neighbourhood in NEIGHBOURHOODS:
        previous = column(vectors, f"previous_to_slow_{neighbourhood}")
        np.testing.assert_allclose(previous[after_pause], 0, atol=1e-5)
        np.testing.assert_allclose(previous[~after_pause], np.log(0.4), atol=1e-5)
        assert (column(vectors, f"rank_previous_{neighbourhood}")[after_pause] > 0.8).all()


def test_a_short_interval_means_less_in_an_irregular_rhythm() -> None:
    generator = np.random.default_rng(0)
    regular, irregular = (np.exp(generator.normal(np.log(0.8), spread, 400)) for spread in (0.02, 0.2))
    regular[200] = irregular[200] = 0.56
    one, other = (rhythm_vectors(np.cumsum(gaps)) for gaps in (regular, irregular))
    for neighbourhood in NEIGHBOURHOODS:
        name = f"previous_by_irregularity_{neighbourhood}"
        assert column(one, name)[200] < 2.5 * column(other, name)[200] < 0
        for measure in ("irregularity", "mean_irregularity", "spread", "unlike"):
            regular_is, irregular_is = (column(vectors, f"{measure}_{neighbourhood}") for vectors in (one, other))
            assert regular_is.max() < irregular_is.min()


@pytest.mark.parametrize("fs", [100, 128, 250])
def test_rounding_to_samples_changes_little(fs: int) -> None:
    times = np.cumsum(np.exp(np.random.default_rng(2).normal(np.log(0.8), 0.04, 400)))
    exact, rounded = rhythm_vectors(times), rhythm_vectors(np.round(times * fs) / fs)
    assert np.abs(exact - rounded).mean() < 0.03


def test_averages_are_those_of_the_neighbourhood() -> None:
    gaps = np.random.default_rng(1).uniform(0.5, 1.2, 200)
    vectors = rhythm_vectors(np.cumsum([0.0, *gaps]))
    logs = np.log(gaps)
    change = np.abs(np.diff(logs))  # change[i] is of the intervals i and i + 1, so of beat i + 2
    middle = 100
    around = logs[middle - 1 - 25 : middle - 1 + 26]  # the interval before beat 100, and 25 on either side
    expected = np.log(change[middle - 2 - 25 : middle - 2 + 26].mean() + FLOOR)
    assert column(vectors, "mean_irregularity_around")[middle] == pytest.approx(expected, abs=1e-5)
    assert column(vectors, "previous_around")[middle] == pytest.approx(logs[middle - 1] - np.median(around), abs=1e-5)


@pytest.mark.parametrize("times", [[], [1.0], [1.0, 1.0], [2.0, 1.0]])
def test_what_is_no_rhythm_is_refused(times: list[float]) -> None:
    with pytest.raises(InputError, match="at least two heartbeats"):
        rhythm_vectors(np.array(times))
