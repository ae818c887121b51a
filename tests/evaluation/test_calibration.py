"""Calibration."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from ecg.data.beat_table import BeatTable
from ecg.evaluation import calibration
from ecg.evaluation.metrics import confident_answers
from ecg.networks.architectures import build

N = 20_000


@pytest.fixture(scope="module")
def honest() -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels drawn from the probabilities they stand for."""
    generator = np.random.default_rng(0)
    logits = generator.normal([3, 0, 0, -1, 0], 2, (N, 5))
    labels = (softmax(logits, axis=1).cumsum(axis=1) < generator.random((N, 1))).sum(axis=1)
    return logits, labels


def helps(logits: np.ndarray, labels: np.ndarray, records: np.ndarray | None = None) -> bool:
    scaled = calibration.cross_fitted(logits, labels, records)
    return calibration.negative_log_likelihood(labels, scaled) < calibration.negative_log_likelihood(labels, logits)


def test_an_honest_classifier_is_found_calibrated(honest: tuple[np.ndarray, np.ndarray]) -> None:
    logits, labels = honest
    assert calibration.expected_calibration_error(labels, softmax(logits, axis=1)) < 0.01


def test_an_overconfident_classifier_is_mended(honest: tuple[np.ndarray, np.ndarray]) -> None:
    logits, labels = honest
    distorted = logits * [3, 2.5, 2, 3, 3] + [1, 0, -1, 0, 2]
    before = calibration.expected_calibration_error(labels, softmax(distorted, axis=1))
    assert helps(distorted, labels)
    scaling = calibration.fit_vector_scaling(distorted, labels)
    after = calibration.expected_calibration_error(labels, scaling.probabilities(distorted))
    assert before > 0.1
    assert after < 0.01
    np.testing.assert_allclose(scaling.scale, [1 / 3, 0.4, 0.5, 1 / 3, 1 / 3], rtol=0.1)


def test_what_one_record_teaches_does_not_help_with_another() -> None:
    """All S beats are those of one record: beat by beat that looks like something to learn."""
    records = np.array(["one"] * 100 + ["other", "third", "fourth", "fifth"] * 25)
    labels = np.where(records == "one", 1, 0)
    logits = np.zeros((200, 5))
    assert helps(logits, labels)
    assert not helps(logits, labels, records)


def test_a_class_that_does_not_occur_stays_possible(honest: tuple[np.ndarray, np.ndarray]) -> None:
    logits, labels = honest
    scaling = calibration.fit_vector_scaling(logits[labels != 4], labels[labels != 4])
    assert np.abs(scaling.shift).max() < 10


def test_the_errors_by_hand() -> None:
    labels = np.array([0, 0, 1, 1])
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.2, 0.8]])
    assert calibration.expected_calibration_error(labels, probabilities) == pytest.approx((3 * (0.9 - 2 / 3) + 0.2) / 4)
    assert calibration.brier_score(labels, probabilities) == pytest.approx((0.02 + 0.02 + 1.62 + 0.08) / 4)
    assert calibration.expected_calibration_error(labels, np.eye(2)[labels]) == 0


def test_calibration_is_folded_into_the_model(generated: BeatTable) -> None:
    keras.utils.set_random_seed(0)
    model = build("cnn", {"beat": generated.beats})
    probabilities = model.predict(generated.beats, verbose=0)
    untrained = calibration.expected_calibration_error(generated.labels, probabilities)
    logits = calibration.logits_of(model, generated.beats)
    np.testing.assert_allclose(softmax(logits, axis=1), probabilities, atol=1e-5)
    scaling = calibration.fit_vector_scaling(logits, generated.labels)
    calibration.fold_in(model, scaling)
    calibrated = model.predict(generated.beats, verbose=0)
    np.testing.assert_allclose(scaling.probabilities(logits), calibrated, atol=1e-5)
    assert calibration.expected_calibration_error(generated.labels, calibrated) < untrained / 2


def test_above_the_threshold_the_answers_are_right(honest: tuple[np.ndarray, np.ndarray]) -> None:
    logits, labels = honest
    probabilities = softmax(logits, axis=1)
    answers = confident_answers(labels, probabilities, calibration.confidence_threshold(labels, probabilities))
    assert answers["share"] is not None
    assert answers["accuracy"] is not None
    assert 0.01 < answers["share"] < 0.9
    assert answers["accuracy"] >= calibration.CONFIDENT_ACCURACY


def test_a_classifier_that_is_always_wrong_is_never_confident() -> None:
    labels, probabilities = np.ones(10, dtype=int), np.eye(5)[np.zeros(10, dtype=int)]
    threshold = calibration.confidence_threshold(labels, probabilities)
    assert confident_answers(labels, probabilities, threshold) == {"threshold": None, "share": 0.0, "accuracy": None}


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0.5, 0.7, 0.9, 0.99])), min_size=1, max_size=50))
def test_the_threshold_keeps_its_promise(answers: list[tuple[int, float]]) -> None:
    """Also among many beats of the same confidence."""
    labels = np.array([label for label, _ in answers])
    probabilities = np.array([[confidence, 1 - confidence] for _, confidence in answers])
    threshold = calibration.confidence_threshold(labels, probabilities)
    accuracy = confident_answers(labels, probabilities, threshold)["accuracy"]
    assert accuracy is None or accuracy >= calibration.CONFIDENT_ACCURACY
