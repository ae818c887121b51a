"""The command that trains, on generated beats."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import train
from ecg.atomic_files import read_json
from ecg.classes import LABELS
from ecg.data import mitdb
from ecg.data.beat_table import BeatTable
from ecg.errors import InputError
from ecg.evaluation.run_result import read_run_results
from ecg.networks.model_files import verify_model_folder
from ecg.networks.registry import REFERENCE_TITLES, TITLES
from ecg.training.config import NetworkRun
from hub.verify import check_answers, check_publishable
from tests.builders import MODELS, train_here

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
    "templates.csv",
}


@pytest.mark.parametrize("architecture", TITLES)
def test_a_run_writes_a_whole_model_folder(smoke: Path, few_beats: BeatTable, architecture: str) -> None:
    folder = smoke / "models" / "intra_patient" / architecture
    assert {file.name for file in folder.iterdir()} == FILES
    verify_model_folder(folder)
    assert not read_json(folder / "config.json")["compile_config"]
    assert "date_saved" not in read_json(folder / "metadata.json")
    assert read_json(folder / "labels.json")["labels"] == list(LABELS)
    metrics = read_json(folder / "metrics.json")
    assert metrics["beats"] == sum(sum(row) for row in metrics["confusion_matrix"])
    assert metrics["beats"] == len(few_beats.part("intra_patient", "test").labels) > 0
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
    printed = (smoke / "printed.txt").read_text()
    assert comparison in printed
    assert re.search(r"training took [\d.]+ minutes in all", printed)
    table = pd.read_csv(results / "comparison.csv")
    assert [name.removesuffix(" (collapsed)") for name in table["model"]] == list(TITLES.values())
    assert [model["title"] for model in read_json(results / "metrics.json")] == list(TITLES.values())


def refusal(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Return what the command writes when it refuses its options."""
    with pytest.raises(SystemExit) as ended:
        train_here(*options)
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_one_architecture_of_the_other_protocol(inter_patient_smoke: Path) -> None:
    assert [folder.name for folder in (inter_patient_smoke / "models" / "inter_patient").iterdir()] == ["cnn"]
    folder = inter_patient_smoke / "models" / "inter_patient" / "cnn"
    assert {file.name for file in folder.iterdir()} == FILES
    provenance = read_json(folder / "provenance.json")
    assert (provenance["seed"], provenance["inputs"]) == (7, "context")
    assert set(provenance["training"]["records"]) <= set(mitdb.DS1)
    metrics = read_json(folder / "metrics.json")
    assert metrics["validation"]["beats"] == provenance["training"]["beats"]
    check_answers(folder)
    run_folder = inter_patient_smoke / "runs" / "inter_patient" / "cnn" / "seed7"
    folds = [read_json(run_folder / f"fold{number}" / "provenance.json")["training"] for number in range(1, 6)]
    assert sum(provenance["training"]["beats"] - fold["beats"] for fold in folds) == provenance["training"]["beats"]
    assert {file.name for file in (inter_patient_smoke / "results" / "inter_patient").iterdir()} >= {
        "record_subsets.md",
        "records.csv",
    }


def test_the_models_of_all_patients_are_judged_by_cross_validation(few_beats: BeatTable, tmp_path: Path) -> None:
    options = ["--smoke", "--arch", "cnn", "logistic_regression", "--protocol", "all_patients", "--epochs", "1"]
    train_here(*options, "--out", str(tmp_path))
    folder = tmp_path / "models" / "all_patients" / "cnn"
    check_answers(folder)
    metrics, provenance = read_json(folder / "metrics.json"), read_json(folder / "provenance.json")
    assert metrics["split"] == "cross-validation"
    assert provenance["training"]["records"] == sorted(set(few_beats.records))
    network, baseline = read_run_results(tmp_path / "results" / "all_patients")
    for run_result in (network, baseline):
        assert (run_result.labels == few_beats.labels).all()
    reference = pd.read_csv(folder / "reference.csv")[list(LABELS)].to_numpy()
    rows = np.linspace(0, len(few_beats.labels) - 1, len(reference)).astype(int)
    assert np.abs(reference - network.probabilities[rows]).max() > 0.01  # the folder's own answers, not those of the folds


def test_an_ablation_stands_apart(tmp_path: Path) -> None:
    options = ["--smoke", "--arch", "no_core", "logistic_regression", "--inputs", "context_rhythm", "--epochs", "1"]
    for protocol in ("intra_patient", "inter_patient"):
        train_here(*options, "--protocol", protocol, "--out", str(tmp_path))
        run_results = read_run_results(tmp_path / "results" / "ablation" / "context_rhythm" / protocol)
        assert [run_result.facts["inputs"] for run_result in run_results] == ["context_rhythm"] * 2
    assert not (tmp_path / "models").exists()


def test_what_the_five_are_measured_against(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "SMOKE_BEATS_PER_TEMPLATE", 40)  # few beats tell no classifier from another
    train_here("--smoke", "--epochs", "1", "--arch", *REFERENCE_TITLES, "--out", str(tmp_path))
    assert not (tmp_path / "models").exists()
    table = pd.read_csv(tmp_path / "results" / "intra_patient" / "comparison.csv").set_index("model")
    assert [name.removesuffix(" (collapsed)") for name in table.index] == list(REFERENCE_TITLES.values())
    floor = table.loc[REFERENCE_TITLES["majority_class"]]
    assert floor["F1 N"] > 0
    assert (floor[["F1 S", "F1 V", "F1 F", "F1 Q"]] == 0).all()
    assert table.loc[REFERENCE_TITLES["random_forest"], "accuracy"] > floor["accuracy high"]


def test_the_seed_that_is_best_on_validation_is_shipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in "012":
        train_here("--smoke", "--arch", "cnn", "--seed", seed, "--out", str(tmp_path))
    run_results = read_run_results(tmp_path / "results" / "intra_patient")
    assert [run_result.facts["seed"] for run_result in run_results] == [0, 1, 2]
    best = max(run_results, key=lambda run_result: run_result.facts["validation"]["macro_f1"])
    shipped = read_json(tmp_path / "models" / "intra_patient" / "cnn" / "metrics.json")
    assert shipped == best.metrics
    table = pd.read_csv(tmp_path / "results" / "intra_patient" / "comparison.csv")
    assert table["seeds"].tolist() == [3]
    assert table["accuracy SD"].tolist() == [pytest.approx(np.std([o.metrics["accuracy"] for o in run_results], ddof=1))]

    refused = refusal(capsys, "--smoke", "--arch", "cnn", "--seed", "3", "--epochs", "1", "--out", str(tmp_path))
    assert "comes from other beats or other hyperparameters than cnn, seed 3" in refused
    assert not (tmp_path / "runs" / "intra_patient" / "cnn" / "seed3").exists()


def test_a_wrong_folder_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "lacks 144 of the 144 files" in refusal(capsys, "--mitdb", str(tmp_path), "--out", str(tmp_path))


@pytest.mark.parametrize(
    "options",
    [
        ["--arch", "vgg"],
        ["--epochs", "0"],
        ["--smoke", "--kaggle", "x"],
        ["--schedule", "plateau", "--protocol", "inter_patient"],
    ],
)
def test_wrong_options_are_explained(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert ": error:" in refusal(capsys, *options)


@pytest.mark.parametrize(("options", "schedule"), [([], "cosine"), (["--schedule", "plateau"], "plateau")])
def test_the_schedule_reaches_the_settings_of_a_run(options: list[str], schedule: str) -> None:
    run = train.settings(train.parse(options), "cnn", "fingerprint")
    assert isinstance(run, NetworkRun)
    assert run.hyperparameters.schedule == schedule


def test_the_same_weights_give_the_same_bytes(smoke: Path, tmp_path: Path) -> None:
    """Exported again from the finished run, what Keras reads is the same, byte for byte."""
    shutil.copytree(smoke / "runs", tmp_path / "runs")
    train_here("--smoke", "--arch", "gru", "--out", str(tmp_path))
    folders = [out / "models" / "intra_patient" / "gru" for out in (smoke, tmp_path)]
    for name in ("config.json", "metadata.json", "model.weights.h5", "metrics.json", "confusion_matrix.png"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name
    # worked out with two cores instead of one, which some processors round differently
    first, again = (pd.read_csv(folder / "reference.csv") for folder in folders)
    pd.testing.assert_frame_equal(first, again, rtol=0, atol=1e-6)
