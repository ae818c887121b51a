"""What holds for every architecture."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import onnxruntime
import pytest
from sklearn.preprocessing import MinMaxScaler

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.errors import InputError
from ecg.networks.architectures import ARCHITECTURES, build
from ecg.networks.baselines import BASELINES
from ecg.networks.inputs import INPUTS, for_keras
from ecg.networks.registry import ABLATION, ALL_TITLES, TITLES
from ecg.training.export.onnx_export import export_onnx
from ecg.training.fit import one_hot


def test_every_model_has_a_title() -> None:
    assert [*ARCHITECTURES, *BASELINES] == list(ALL_TITLES)
    assert [*TITLES, ABLATION] == list(ARCHITECTURES)


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(InputError, match="'transformer'. Possible: simple_rnn, cnn, lstm, gru, attention"):
        build("transformer", {"beat": np.zeros((2, 187))})


@pytest.mark.parametrize("inputs", ["kaggle_beat", "context"])
@pytest.mark.parametrize("architecture", TITLES)
def test_an_architecture_learns_and_is_exported(
    architecture: str,
    inputs: str,
    generated: BeatTable,
    plain_keras: Callable[[Path, dict[str, np.ndarray]], np.ndarray],
    tmp_path: Path,
) -> None:
    """It gives probabilities, learns, and says the same in a process that knows only Keras, and in ONNX Runtime."""
    keras.utils.set_random_seed(0)
    chosen = generated.rows(np.random.default_rng(0).permutation(len(generated.labels))[:256])
    given = INPUTS[inputs](chosen)
    model = build(architecture, INPUTS[inputs](generated))

    model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy", jit_compile=False)
    losses = model.fit(for_keras(given), one_hot(chosen.labels), epochs=3, batch_size=64, verbose=0).history["loss"]
    assert losses[-1] < losses[0]

    some = {name: values[:96] for name, values in given.items()}
    probabilities = model.predict(for_keras(some), verbose=0)
    assert probabilities.shape == (96, 5)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)

    keras.saving.save_model(model, tmp_path / "model", zipped=False)
    np.testing.assert_allclose(plain_keras(tmp_path / "model", some), probabilities, atol=1e-6)

    export_onnx(model, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    assert {tensor.name for tensor in session.get_inputs()} == set(given)
    np.testing.assert_allclose(session.run(None, some)[0], probabilities, atol=1e-5)


@pytest.mark.parametrize("architecture", TITLES)
def test_the_scaler_is_the_first_layer(architecture: str) -> None:
    """A column that never changes in training is shifted, and not divided by zero."""
    training = np.random.default_rng(0).uniform(0.2, 0.6, (50, 187))
    training[:, 10] = 0.3
    scaler = MinMaxScaler().fit(training)
    layer = build(architecture, {"beat": training}).get_layer("min_max_scaler")
    beats = np.random.default_rng(1).uniform(0, 1, (5, 187)).astype(np.float32)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(beats)), scaler.transform(beats), atol=1e-5)


@pytest.mark.parametrize("architecture", TITLES)
def test_the_rhythm_alone_tells_a_supraventricular_beat_from_a_normal_one(architecture: str, generated: BeatTable) -> None:
    keras.utils.set_random_seed(0)
    given = INPUTS["context"](generated)
    model = build(architecture, given)
    rhythm = given["rhythm"][:20]
    odds, others = [], []
    for beats in (given["beat"][:20], given["beat"][-20:]):
        probabilities = model.predict({"beat": beats, "rhythm": rhythm}, verbose=0)
        odds.append(probabilities[:, LABELS.index("S")] / probabilities[:, LABELS.index("N")])
        others.append(probabilities[:, LABELS.index("V")])
    np.testing.assert_allclose(odds[0], odds[1], rtol=1e-4)
    assert np.abs(others[0] - others[1]).max() > 1e-4
