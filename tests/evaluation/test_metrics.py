"""The figures."""

import numpy as np
import pytest
from sklearn import metrics

from ecg.evaluation.metrics import report, score

LABELS = np.array([0, 0, 0, 0, 0, 0, 1, 1, 2, 3])
PREDICTED = np.array([0, 0, 0, 0, 0, 1, 1, 0, 2, 2])


def one_hot(classes: np.ndarray) -> np.ndarray:
    return np.eye(5)[classes]


def test_the_figures_by_hand() -> None:
    scores = score(LABELS, one_hot(PREDICTED))
    assert scores.accuracy == 0.7
    assert scores.balanced_accuracy == pytest.approx((5 / 6 + 1 / 2 + 1 + 0) / 4)
    assert scores.macro_f1 == pytest.approx((10 / 12 + 1 / 2 + 2 / 3 + 0 + 0) / 5)
    assert scores.per_class["V"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1}
    assert scores.per_class["Q"] == {"precision": 0, "recall": 0, "f1": 0, "support": 0}
    assert scores.confusion_matrix[0] == [5, 1, 0, 0, 0]
    assert not scores.collapsed


def test_the_figures_agree_with_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    labels, probabilities = generator.integers(0, 5, 1000), generator.dirichlet(np.ones(5), 1000)
    scores = score(labels, probabilities)
    predicted = probabilities.argmax(axis=1)
    assert scores.accuracy == metrics.accuracy_score(labels, predicted)
    assert scores.macro_f1 == pytest.approx(metrics.f1_score(labels, predicted, average="macro"))
    assert scores.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(labels, predicted))
    assert f"{scores.accuracy:.4f}" in report(labels, probabilities)


def test_a_collapsed_model_is_called_one_whatever_its_accuracy() -> None:
    scores = score(LABELS, one_hot(np.zeros(len(LABELS), dtype=int)))
    assert scores.collapsed
    assert scores.accuracy == 0.6
    assert scores.macro_f1 < 0.2
