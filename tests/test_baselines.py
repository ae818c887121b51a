"""scikit-learn's classifiers."""

import numpy as np
import pytest

from ecg.baselines import BASELINES, class_probabilities


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
