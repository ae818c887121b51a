"""Synthetic RR augmentation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg.data.beat_table import BeatTable
from ecg.signal.rr_features import RHYTHM, rhythm_vectors
from ecg.training.rr_augmentation import BEATS, DENSITIES, N, S, augment_rr, ectopy, fibrillation

STEADY = np.full(400, 0.8)


@given(st.sampled_from(DENSITIES), st.integers(0, 1000))
def test_ectopic_beats_come_early(density: float, seed: int) -> None:
    times, ectopic = ectopy(STEADY, density, np.random.default_rng(seed))
    assert times.shape == ectopic.shape == (BEATS + 1,)
    intervals = np.diff(times)
    assert (intervals[ectopic[1:]] < 0.8).mean() > 0.99 or not ectopic.any()
    undisturbed = ~ectopic[1:] & ~ectopic[:-1]
    np.testing.assert_allclose(intervals[undisturbed], 0.8)


@pytest.mark.parametrize("density", DENSITIES[:4])
def test_ectopic_beats_are_as_frequent_as_asked(density: float) -> None:
    shares = [ectopy(STEADY, density, np.random.default_rng(seed))[1].mean() for seed in range(200)]
    assert np.mean(shares) == pytest.approx(density, rel=0.15)


def test_fibrillation_is_irregular_and_holds_nothing_ectopic() -> None:
    for seed in range(20):
        times, ectopic = fibrillation(np.random.default_rng(seed))
        assert not ectopic.any()
        assert 0.27 < np.diff(times).min() <= np.diff(times).max() < 2.21
        irregularity = rhythm_vectors(times)[:, RHYTHM.index("irregularity_far")]
        assert irregularity.min() > np.log(0.06)


def test_only_n_beats_are_given_another_rhythm(beats: BeatTable) -> None:
    of_one = beats.rows(beats.records == "209")
    augmented = augment_rr(of_one, 0.5, seed=3)
    assert of_one.context is not None
    assert augmented.context is not None
    changed = (augmented.context.rhythm != of_one.context.rhythm).any(axis=1)
    assert set(of_one.labels[changed]) == {N}
    assert changed.sum() == pytest.approx(0.5 * (of_one.labels == N).sum(), rel=0.1)
    assert set(augmented.labels[changed]) == {N, S}
    assert (augmented.labels[~changed] == of_one.labels[~changed]).all()
    np.testing.assert_array_equal(augmented.context.beats, of_one.context.beats)
    again, other = (augment_rr(of_one, 0.5, seed=seed).context for seed in (3, 4))
    assert again is not None
    assert other is not None
    np.testing.assert_array_equal(again.rhythm, augmented.context.rhythm)
    assert (other.rhythm != augmented.context.rhythm).any()


def test_in_an_irregular_rhythm_no_prematurity_is_made_up(beats: BeatTable) -> None:
    fibrillating = beats.rows(beats.records == "203")
    assert (augment_rr(fibrillating, 1.0, seed=0).labels == fibrillating.labels).all()


def test_a_share_of_nothing_changes_nothing(generated: BeatTable) -> None:
    same = augment_rr(generated, 0.0, seed=0)
    assert same.context is not None
    assert generated.context is not None
    np.testing.assert_array_equal(same.context.rhythm, generated.context.rhythm)
    np.testing.assert_array_equal(same.labels, generated.labels)
