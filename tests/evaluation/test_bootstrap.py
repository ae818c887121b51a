"""Intervals and paired differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from ecg.evaluation.bootstrap import (
    RESAMPLES,
    accuracies,
    holm,
    interval,
    macro_f1s,
    means_over_seeds,
    p_value,
    resampled_confusion_matrices,
)

N = 4000
GENERATOR = np.random.default_rng(0)
LABELS = GENERATOR.choice(5, N, p=[0.8, 0.05, 0.07, 0.03, 0.05])


def wrong_in(share: float, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return np.where(generator.random(N) < share, generator.integers(0, 5, N), LABELS)


@given(arrays(np.int64, 60, elements=st.integers(0, 4)), arrays(np.int64, 60, elements=st.integers(0, 4)))
def test_the_figures_agree_with_scikit_learn(labels: np.ndarray, predicted: np.ndarray) -> None:
    confusion = metrics.confusion_matrix(labels, predicted, labels=range(5))
    assert accuracies(confusion) == pytest.approx(metrics.accuracy_score(labels, predicted))
    expected = metrics.f1_score(labels, predicted, labels=range(5), average="macro", zero_division=0)
    assert macro_f1s(confusion) == pytest.approx(expected)


def test_each_resample_has_all_beats_and_they_scatter_around_the_measured_figures() -> None:
    predictions = np.array([wrong_in(0.1, 1), wrong_in(0.2, 2)])
    confusions = resampled_confusion_matrices(LABELS, predictions)
    assert confusions.shape == (RESAMPLES, 2, 5, 5)
    assert (confusions.sum(axis=(2, 3)) == N).all()
    measured = (predictions == LABELS).mean(axis=1)
    np.testing.assert_allclose(accuracies(confusions).mean(axis=0), measured, atol=1e-3)
    binomial = np.sqrt(measured * (1 - measured) / N)
    np.testing.assert_allclose(accuracies(confusions).std(axis=0), binomial, rtol=0.1)


def test_whole_records_are_drawn() -> None:
    """A model that is right on eight of ten equal records, and wrong on the other two."""
    records = np.repeat(np.arange(10), 100).astype(str)
    labels = np.tile([0, 1], 500)
    predictions = np.where(np.isin(records, ["3", "7"]), 1 - labels, labels)
    confusions = resampled_confusion_matrices(labels, predictions[np.newaxis], records)
    assert (confusions.sum(axis=(2, 3)) == 1000).all()
    drawn = accuracies(confusions)[:, 0]
    np.testing.assert_allclose(drawn * 10, np.round(drawn * 10), atol=1e-9)
    assert drawn.mean() == pytest.approx(0.8, abs=0.01)
    assert drawn.std() == pytest.approx(np.sqrt(0.8 * 0.2 / 10), rel=0.05)


def test_models_answer_for_the_same_drawn_beats() -> None:
    confusions = resampled_confusion_matrices(LABELS, np.array([wrong_in(0.1, 1), wrong_in(0.1, 1)]))
    np.testing.assert_array_equal(confusions[:, 0], confusions[:, 1])


def test_an_interval_covers_what_it_says() -> None:
    """Nineteen in twenty intervals hold the true accuracy, 0.92; here of 200."""
    covered = 0
    for seed in range(200):
        right = np.random.default_rng(seed).random(500) < 0.92
        low, high = interval(
            accuracies(resampled_confusion_matrices(np.zeros(500, int), (~right).astype(int)[np.newaxis]))[:, 0]
        )
        covered += low <= 0.92 <= high
    assert 180 <= covered <= 198


def test_seeds_that_differ_widen_the_interval() -> None:
    figures = np.tile([0.9, 0.92, 0.94], (RESAMPLES, 1))
    means = means_over_seeds(figures, [0, 1, 2], np.random.default_rng(0))
    assert means.mean() == pytest.approx(0.92, abs=1e-3)
    assert means.std() == pytest.approx(np.std([0.9, 0.92, 0.94]) / np.sqrt(3), rel=0.1)
    alike = means_over_seeds(figures, [1, 1, 1], np.random.default_rng(0))
    assert alike.std() == pytest.approx(0)


def test_a_difference_is_told_from_none() -> None:
    assert p_value(np.zeros(RESAMPLES)) == 1
    assert p_value(GENERATOR.normal(0, 1, RESAMPLES)) > 0.5
    assert p_value(GENERATOR.normal(-5, 1, RESAMPLES)) == 2 / (RESAMPLES + 1)
    assert p_value(GENERATOR.normal(2, 1, RESAMPLES)) == pytest.approx(0.0455, abs=0.02)


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm(np.array([0.6, 0.7])), [1, 1])
