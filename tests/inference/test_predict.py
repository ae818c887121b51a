"""The command that lets trained models classify recordings."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from tests.builders import PROJECT
from tests.io.test_wfdb_database import SYMBOLS, write_recording
from tests.signal.test_context_beat import heart


@pytest.fixture(scope="module")
def models(smoke: Path, inter_patient_smoke: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CNN of each protocol, from smoke runs."""
    models = tmp_path_factory.mktemp("models")
    for out, protocol in ((smoke, "intra_patient"), (inter_patient_smoke, "inter_patient")):
        shutil.copytree(out / "models" / protocol / "cnn", models / protocol / "cnn")
    return models


def evaluate(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ecg", "evaluate", *options]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("protocol", ["intra_patient", "inter_patient"])
def test_every_test_beat_is_answered(protocol: str, models: Path, records: Path, beats: BeatTable, tmp_path: Path) -> None:
    out = tmp_path / "predictions.csv"
    finished = evaluate("--protocol", protocol, "--mitdb", str(records), "--models", str(models), "--out", str(out))
    assert finished.returncode == 0, finished.stderr
    table = pd.read_csv(out, dtype={"record": str}, keep_default_na=False)
    assert list(table) == ["record", "sample", "symbol", "label", "cnn"]
    test = beats.part(protocol, "test")
    assert (table["record"] == test.records).all()
    assert (table["sample"] == test.samples).all()
    assert (table["symbol"] == test.symbols).all()
    assert (table["label"].map(LABELS.index) == test.labels).all()
    assert set(table["cnn"]) <= set(LABELS)
    assert "macro avg" in finished.stdout


def test_another_database(models: Path, tmp_path: Path) -> None:
    ecg, peaks = heart(128)
    write_recording(tmp_path, "s1", 128, {"ECG1": ecg}, peaks)
    out = tmp_path / "predictions.csv"
    finished = evaluate("--database", str(tmp_path), "--models", str(models), "--out", str(out))
    assert finished.returncode == 0, finished.stderr
    table = pd.read_csv(out, keep_default_na=False)
    assert list(table) == ["record", "lead", "sample", "symbol", "label", "cnn"]
    assert table["sample"].tolist() == peaks.tolist()
    assert table["symbol"].tolist()[:6] == SYMBOLS
    assert set(table["lead"]) == {"ECG1"}


def test_a_recording_that_cannot_be_read_is_named(models: Path, tmp_path: Path) -> None:
    ecg, peaks = heart(90)
    write_recording(tmp_path, "slow", 90, {"II": ecg}, peaks)
    finished = evaluate("--database", str(tmp_path), "--models", str(models), "--out", str(tmp_path / "x.csv"))
    assert finished.returncode == 2
    assert "Recording slow: The sampling rate is 90 Hz" in finished.stderr
    assert not (tmp_path / "x.csv").exists()


def test_models_that_are_not_there_are_named(tmp_path: Path) -> None:
    finished = evaluate("--database", str(tmp_path), "--models", str(tmp_path))
    assert finished.returncode == 2
    assert "holds no trained model" in finished.stderr


def test_a_database_goes_with_models_that_read_it(tmp_path: Path) -> None:
    finished = evaluate("--database", str(tmp_path), "--protocol", "intra_patient")
    assert finished.returncode == 2
    assert "--database does not go with --protocol intra_patient" in finished.stderr


def test_models_of_all_patients_have_no_test_beats() -> None:
    finished = evaluate("--protocol", "all_patients")
    assert finished.returncode == 2
    assert "--protocol all_patients leaves no test beats among the MIT-BIH records" in finished.stderr
