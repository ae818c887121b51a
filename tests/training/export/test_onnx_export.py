"""What ONNX Runtime is given says what Keras says."""

import shutil
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from ecg.atomic_files import read_json
from ecg.errors import InputError
from ecg.inference.classifier import load_model
from ecg.networks.architectures import build
from ecg.networks.model_files import verify_model_folder
from ecg.networks.registry import ABLATION
from ecg.training.export.onnx_export import export_again, export_onnx
from tests.builders import MODELS

few = settings(max_examples=4)
small = st.integers(1, 9)


def model_of(steps: int, channels: int, *core: keras.Layer) -> keras.Model:
    """Some layers, and what makes probabilities of a sequence; no weight is 0 or 1, as it would be before training."""
    beat = sequence = keras.Input((steps, channels), name="beat")
    for layer in core:
        sequence = layer(sequence)
    summary = layers.GlobalMaxPooling1D()(sequence)
    model = keras.Model(beat, layers.Dense(5, activation="softmax")(summary))
    random = np.random.default_rng(steps * channels)
    model.set_weights([random.uniform(0.1, 0.5, weights.shape) for weights in model.get_weights()])
    return model


@pytest.mark.parametrize("layer", [layers.SimpleRNN, layers.LSTM, layers.GRU])
@few
@given(steps=small, channels=small, units=small)
def test_recurrent_layers_are_translated(
    layer: type[layers.RNN], steps: int, channels: int, units: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("export") / "model.onnx"
    export_onnx(model_of(steps, channels, layers.Bidirectional(layer(units, return_sequences=True))), file)  # it compares
    assert not {node.op_type for node in onnx.load(file).graph.node} & {"Loop", "Scan", "If"}


@few
@given(steps=st.integers(4, 20), channels=small, filters=small, kernel=small, strides=st.integers(1, 3))
def test_convolutions_are_translated(
    steps: int, channels: int, filters: int, kernel: int, strides: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    core = (layers.Conv1D(filters, kernel, strides=strides, padding="same"), layers.BatchNormalization())
    export_onnx(model_of(steps, channels, *core), tmp_path_factory.mktemp("export") / "model.onnx")


def test_what_is_not_translated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ELU has no translation to ONNX. Add it to TRANSLATIONS"):
        export_onnx(model_of(9, 2, layers.ELU()), tmp_path / "model.onnx")
    with pytest.raises(InputError, match="The activation gelu has no translation to ONNX"):
        export_onnx(model_of(9, 2, layers.Dense(3, activation="gelu")), tmp_path / "model.onnx")
    with pytest.raises(InputError, match="differs between ONNX Runtime and Keras"):
        export_onnx(model_of(9, 2, layers.Conv1D(3, 5, padding="valid")), tmp_path / "model.onnx")


def test_the_ablation_is_translated(tmp_path: Path) -> None:
    export_onnx(build(ABLATION, {"beat": np.random.default_rng(0).random((20, 187))}), tmp_path / "model.onnx")


@pytest.mark.parametrize("protocol", ["intra_patient", "inter_patient", "all_patients"])
def test_a_shipped_model_is_what_is_exported_today(protocol: str, tmp_path: Path) -> None:
    shipped, folder = MODELS.parent / protocol / "attention", tmp_path / "attention"
    shutil.copytree(shipped, folder)
    (folder / "model.onnx").unlink()
    with pytest.raises(InputError, match="is missing"):
        export_again(folder)
    shutil.copyfile(shipped / "model.onnx", folder / "model.onnx")
    export_again(folder)
    verify_model_folder(folder)
    assert load_model(folder).metrics == load_model(shipped).metrics
    assert onnx.load(folder / "model.onnx").graph == onnx.load(shipped / "model.onnx").graph
    said, before = (read_json(place / "provenance.json") for place in (folder, shipped))
    assert {**said, "exported_by": None} == {**before, "exported_by": None}
