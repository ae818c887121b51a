"""Where the models look."""

from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecg.data.templates import load_templates
from ecg.inference.classifier import Model, load_models
from ecg.inference.occlusion import STRIDE_SAMPLES, WINDOW_SAMPLES, cover, occlusion
from ecg.networks.registry import TITLES
from ecg.signal.kaggle_beat import beat_lengths
from tests.builders import MODELS

TEMPLATES = {template.symbol: np.array(template.beat, dtype=np.float32) for template in load_templates()}


class Bump:
    """A model that is the surer of V, the higher the signal from sample 60 to 69 is, and sees nothing else."""

    calls = 0

    def classify(self, beats: np.ndarray) -> np.ndarray:
        """Return probabilities, shape (n, 5)."""
        self.calls += 1
        height = beats[:, 60:70].mean(axis=1)
        ventricular = 0.3 + 0.6 * height
        return np.stack([(1 - ventricular) / 4] * 2 + [ventricular] + [(1 - ventricular) / 4] * 2, axis=1)


def describe_occlusion(beat: np.ndarray) -> tuple[np.ndarray, Bump]:
    """Return the map of the model that sees the bump."""
    bump = Bump()
    return occlusion(cast("dict[str, Model]", {"bump": bump}), beat)["bump"], bump


def test_a_model_that_sees_one_bump_is_found_to_look_there_in_one_call() -> None:
    beat = np.zeros(187, dtype=np.float32)
    beat[[0, 150]] = 1, 0.1
    beat[60:70] = 1
    importance, bump = describe_occlusion(beat)
    assert bump.calls == 1
    assert 60 <= importance.argmax() < 70
    assert (importance[60:70] > 0).all()
    far = np.r_[0 : 60 - WINDOW_SAMPLES, 70 + WINDOW_SAMPLES : 187]
    np.testing.assert_array_equal(importance[far], 0)


beats = arrays(np.float32, 187, elements=st.floats(0, 1, width=32)).filter(lambda beat: bool(np.ptp(beat) > 0))


@given(beats, st.integers(1, 187))
def test_each_sample_is_covered_and_no_padding(beat: np.ndarray, length: int) -> None:
    beat = np.where(np.arange(187) < length, beat, 0).astype(np.float32)
    beat[0] = 1
    covered, holds = cover(beat)
    length = int(beat_lengths(beat[np.newaxis])[0])
    assert holds[:, :length].any(axis=0).all()
    assert not holds[:, length:].any()
    np.testing.assert_array_equal(covered[~holds], np.broadcast_to(beat, covered.shape)[~holds])
    assert ((covered >= 0) & (covered <= 1)).all()
    assert len(covered) <= 187 / STRIDE_SAMPLES + 1


def test_what_covers_a_stretch_is_the_straight_line_between_its_neighbours() -> None:
    covered, holds = cover(TEMPLATES["V"])
    for line, held in zip(covered[1:-1], holds[1:-1], strict=True):
        first, last = np.flatnonzero(held)[[0, -1]]
        np.testing.assert_allclose(np.diff(line[first - 1 : last + 2], n=2), 0, atol=1e-6)


def test_a_straight_stretch_is_no_news() -> None:
    """A beat of two straight lines is changed by covering only near its kink and its ends."""
    steps = np.arange(187)
    beat = (np.abs(steps - 65) / 121).astype(np.float32)
    importance, _ = describe_occlusion(beat)
    assert importance[52:78].any()
    np.testing.assert_allclose(importance[78:175], 0, atol=1e-5)


@pytest.mark.parametrize("symbol", TEMPLATES)
def test_the_shipped_models_look_somewhere(symbol: str) -> None:
    models = load_models(MODELS)
    importances = occlusion(models, TEMPLATES[symbol])
    assert list(importances) == list(TITLES)
    length = int(beat_lengths(TEMPLATES[symbol][np.newaxis])[0])
    for importance in importances.values():
        assert importance.shape == (187,)
        assert np.isfinite(importance).all()
        assert importance.any()
        assert not importance[length:].any()


def test_the_map_is_that_of_the_uncovered_answer() -> None:
    """Worked out by hand, one covered beat at a time."""
    model = load_models(MODELS)["cnn"]
    beat = TEMPLATES["V"]
    importance = occlusion({"cnn": model}, beat)["cnn"]

    def log_odds(one: Any) -> float:
        probable = float(np.clip(model.classify(one[np.newaxis])[0, 2].astype(float), 1e-6, 1 - 1e-6))
        return float(np.log(probable / (1 - probable)))

    covered, holds = cover(beat)
    drops = [log_odds(beat) - log_odds(one) for one, held in zip(covered, holds, strict=True) if held[20]]
    assert importance[20] == pytest.approx(np.mean(drops), abs=0.02)
