"""The models that ship with the project."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ecg.atomic_files import read_json
from ecg.classes import LABELS
from ecg.data import mitdb
from ecg.data.beat_table import BeatTable
from ecg.data.templates import load_templates
from ecg.errors import InputError
from ecg.evaluation.metrics import score
from ecg.inference.classifier import BATCH, load_model, load_models
from ecg.networks.inputs import INPUTS
from ecg.networks.registry import TITLES
from hub.verify import check_reference
from tests.builders import MODELS
from tests.signal.test_kaggle_beat import excerpt_beats

TEMPLATES = np.array([template.beat for template in load_templates()], dtype=np.float32)
each_architecture = pytest.mark.parametrize("architecture", TITLES)


@each_architecture
def test_the_models_are_good_enough_to_ship(architecture: str) -> None:
    metrics = read_json(MODELS / architecture / "metrics.json")
    assert metrics["accuracy"] >= 0.975
    assert metrics["macro_f1"] >= 0.85
    assert metrics["beats"] == 21_890
    assert not metrics["smoke"]


@each_architecture
def test_the_figures_are_those_of_the_weights(architecture: str, beats: BeatTable) -> None:
    """Measured again on the test split, with the model that is served, they come out the same."""
    test = beats.part("intra_patient", "test")
    measured = score(test.labels, load_model(MODELS / architecture).classify(test.beats)).as_dict()
    noted = read_json(MODELS / architecture / "metrics.json")
    for figure in ("accuracy", "balanced_accuracy", "macro_f1"):
        assert measured[figure] == pytest.approx(noted[figure], abs=2e-4)  # a beat on the edge may tip over
    assert measured["beats"] == noted["beats"]


@each_architecture
def test_the_reference_probabilities_come_out_again(architecture: str, beats: BeatTable) -> None:
    reference = pd.read_csv(MODELS / architecture / "reference.csv", dtype={"record": str})
    assert len(reference) == 500
    test = beats.part("intra_patient", "test")
    rows = {(record, sample): row for row, (record, sample) in enumerate(zip(test.records, test.samples, strict=True))}
    chosen = [rows[key] for key in zip(reference["record"], reference["sample"], strict=True)]
    probabilities = load_model(MODELS / architecture).classify(test.beats[chosen])
    np.testing.assert_allclose(probabilities, reference[list(LABELS)], atol=1e-5)


@each_architecture
def test_no_model_was_trained_on_a_test_beat(architecture: str, beats: BeatTable) -> None:
    provenance = read_json(MODELS / architecture / "provenance.json")
    assert provenance["training"]["beats"] == len(beats.part("intra_patient", "train").labels)
    assert provenance["training"]["records"] == list(mitdb.RECORDS)
    assert provenance["protocol"] == "intra_patient"
    assert "-dirty" not in provenance["commit"]


@each_architecture
def test_keras_and_onnx_say_the_same(
    architecture: str, plain_keras: Callable[[Path, dict[str, np.ndarray]], np.ndarray]
) -> None:
    """Keras in a process that has nothing of this project."""
    probabilities = plain_keras(MODELS / architecture, {"beat": TEMPLATES})
    np.testing.assert_allclose(load_model(MODELS / architecture).classify(TEMPLATES), probabilities, atol=1e-5)


@each_architecture
def test_batches_read_at_a_time_are_read_alike(architecture: str) -> None:
    many = np.tile(TEMPLATES, (8, 1))[: 3 * BATCH + 1]
    alone, together = (load_model(MODELS / architecture, threads).classify(many) for threads in (1, 3))
    np.testing.assert_array_equal(alone, together)
    assert load_model(MODELS / architecture).classify(many[:0]).shape == (0, 5)


def test_the_models_know_most_templates() -> None:
    truth = np.array([LABELS.index(template.label) for template in load_templates()])
    for model in load_models(MODELS).values():
        assert (model.classify(TEMPLATES).argmax(axis=1) == truth).mean() > 0.9


def test_the_models_find_the_ectopic_beats_of_a_real_excerpt() -> None:
    """Record 208 is full of ventricular ectopic beats; peaks found by a detector will do."""
    cut = excerpt_beats()
    for model in load_models(MODELS).values():
        shares = np.bincount(model.classify(cut.beats).argmax(axis=1), minlength=5) / len(cut.beats)
        assert shares[LABELS.index("N")] > 0.3
        assert shares[LABELS.index("V")] > 0.1


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "cnn"
    shutil.copytree(MODELS / "cnn", folder)
    content = bytearray((folder / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.onnx").write_bytes(content)
    with pytest.raises(InputError, match=r"cnn/model\.onnx is damaged"):
        load_model(folder)
    (folder / "model.onnx").unlink()
    with pytest.raises(InputError, match=r"cnn/model\.onnx is missing"):
        load_model(folder)


def test_a_folder_without_models_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no trained model. `make train`"):
        load_models(tmp_path)
    (tmp_path / "cnn").mkdir()
    with pytest.raises(InputError, match="is no model folder"):
        load_models(tmp_path)


@each_architecture
def test_the_figures_on_strangers_are_those_of_the_weights(architecture: str, beats: BeatTable) -> None:
    folder = MODELS.parent / "inter_patient" / architecture
    test = beats.part("inter_patient", "test")
    measured = score(test.labels, load_model(folder).classify(**INPUTS["context"](test))).as_dict()
    noted = read_json(folder / "metrics.json")
    for figure in ("accuracy", "balanced_accuracy", "macro_f1"):
        assert measured[figure] == pytest.approx(noted[figure], abs=5e-4)
    assert measured["beats"] == noted["beats"] == 49_690
    check_reference(folder, beats)


@each_architecture
def test_the_models_of_strangers_know_none_of_the_tested(architecture: str) -> None:
    provenance = read_json(MODELS.parent / "inter_patient" / architecture / "provenance.json")
    assert provenance["training"]["records"] == sorted(mitdb.DS1)
    assert "-dirty" not in provenance["commit"]


@each_architecture
def test_the_models_of_all_patients_know_everyone(architecture: str, beats: BeatTable) -> None:
    folder = MODELS.parent / "all_patients" / architecture
    provenance = read_json(folder / "provenance.json")
    assert provenance["training"]["records"] == list(mitdb.RECORDS)
    assert "-dirty" not in provenance["commit"]
    assert read_json(folder / "metrics.json")["split"] == "cross-validation"
    check_reference(folder, beats)
