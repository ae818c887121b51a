"""scikit-learn's classifiers."""

import numpy as np
import pytest

from ecg.data.beat_table import BeatTable
from ecg.networks.baselines import BASELINES, class_probabilities, features, qrs_widths
from ecg.signal.context_beat import BEFORE
from ecg.signal.rr_features import RHYTHM


@pytest.mark.parametrize("name", BASELINES)
def test_a_class_that_the_training_beats_lack_has_no_probability(name: str) -> None:
    generator = np.random.default_rng(0)
    labels = generator.choice([0, 2, 4], 300, p=[0.6, 0.2, 0.2])
    beats = (generator.random((300, 187)) + labels[:, np.newaxis]).astype(np.float32)
    classifier = BASELINES[name](0).fit(beats, labels)
    probabilities = class_probabilities(classifier, beats)
    assert probabilities.shape == (300, 5)
    assert (probabilities[:, [1, 3]] == 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    if name != "majority_class":
        assert (probabilities.argmax(axis=1) == labels).mean() > 0.95


def test_what_a_baseline_is_given(generated: BeatTable) -> None:
    np.testing.assert_array_equal(features(generated, "kaggle_beat"), generated.beats)
    assert features(generated, "context_beat").shape == (len(generated.labels), 120)
    assert features(generated, "context").shape == (len(generated.labels), len(RHYTHM) + 3)


def test_a_wide_complex_is_measured_wide() -> None:
    steps = np.arange(120) - BEFORE
    narrow, wide = (np.exp(-0.5 * (steps / width) ** 2) for width in (2, 6))
    widths = qrs_widths(np.stack([narrow, -3 * wide]))
    np.testing.assert_allclose(widths[1], 3 * widths[0], atol=2)
    assert (np.diff(widths, axis=1) < 0).all()
