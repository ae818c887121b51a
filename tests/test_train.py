"""The command that trains, on generated beats."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from ecg.checksums import verify_checksums
from ecg.classes import LABELS
from ecg.errors import InputError
from ecg.files import read_json
from ecg.names import TITLES
from hub.publishable import check_publishable
from tests.conftest import MODELS, PROJECT

FILES = {
    "SHA256SUMS",
    "config.json",
    "confusion_matrix.png",
    "history.csv",
    "labels.json",
    "metadata.json",
    "metrics.json",
    "model.onnx",
    "model.weights.h5",
    "provenance.json",
    "reference.csv",
}


@pytest.mark.parametrize("architecture", TITLES)
def test_a_run_writes_a_whole_model_folder(smoke: Path, architecture: str) -> None:
    folder = smoke / "models" / "intra_patient" / architecture
    assert {file.name for file in folder.iterdir()} == FILES
    verify_checksums(folder)
    assert not read_json(folder / "config.json")["compile_config"]
    assert "date_saved" not in read_json(folder / "metadata.json")
    assert read_json(folder / "labels.json")["labels"] == list(LABELS)
    metrics = read_json(folder / "metrics.json")
    assert metrics["beats"] == sum(sum(row) for row in metrics["confusion_matrix"]) == 496
    assert metrics["smoke"] is True
    assert len(pd.read_csv(folder / "history.csv")) == 2


@pytest.mark.parametrize("architecture", TITLES)
def test_a_smoke_model_cannot_be_published(smoke: Path, architecture: str) -> None:
    with pytest.raises(InputError, match="smoke model"):
        check_publishable(smoke / "models" / "intra_patient" / architecture)


@pytest.mark.parametrize("architecture", TITLES)
def test_the_shipped_models_can_be_published(architecture: str) -> None:
    check_publishable(MODELS / architecture)


def test_the_comparison_is_printed_and_written(smoke: Path) -> None:
    results = smoke / "results" / "intra_patient"
    comparison = (results / "comparison.md").read_text()
    assert comparison in (smoke / "printed.txt").read_text()
    table = pd.read_csv(results / "comparison.csv")
    assert [name.removesuffix(" (collapsed)") for name in table["model"]] == [*TITLES.values(), "majority class"]
    assert [model["title"] for model in read_json(results / "metrics.json")] == [*TITLES.values(), "majority class"]
    assert {file.name for file in results.glob("*.txt")} == {f"classification_report_{name}.txt" for name in TITLES}


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "train.py", *options]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300, check=False)


def test_one_architecture_of_the_other_protocol(tmp_path: Path) -> None:
    options = ["--smoke", "--arch", "cnn", "--protocol", "inter_patient", "--seed", "7", "--epochs", "1"]
    finished = run(*options, "--out", str(tmp_path))
    assert finished.returncode == 0, finished.stderr[-2000:]
    assert [folder.name for folder in (tmp_path / "models" / "inter_patient").iterdir()] == ["cnn"]
    provenance = read_json(tmp_path / "models" / "inter_patient" / "cnn" / "provenance.json")
    assert provenance["seed"] == 7
    assert not set(provenance["training"]["records"]) & set(provenance["validation"]["records"])


def test_a_wrong_folder_is_explained(tmp_path: Path) -> None:
    finished = run("--mitdb", str(tmp_path), "--out", str(tmp_path))
    assert finished.returncode == 2
    assert "lacks 144 of the 144 files" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("options", [["--arch", "vgg"], ["--epochs", "0"], ["--smoke", "--kaggle", "x"]])
def test_wrong_options_are_explained(options: list[str]) -> None:
    finished = run(*options)
    assert finished.returncode == 2
    assert "train.py: error:" in finished.stderr


def test_the_same_weights_give_the_same_bytes(smoke: Path, tmp_path: Path) -> None:
    """Exported again from the finished run, what Keras reads is the same, byte for byte."""
    shutil.copytree(smoke / "runs", tmp_path / "runs")
    assert run("--smoke", "--arch", "gru", "--out", str(tmp_path)).returncode == 0
    for name in ("config.json", "metadata.json", "model.weights.h5", "metrics.json", "reference.csv", "confusion_matrix.png"):
        folders = [out / "models" / "intra_patient" / "gru" for out in (smoke, tmp_path)]
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name
