"""The tables and figures that are computed from the run results."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ecg.atomic_files import read_json
from ecg.data.beat_table import BeatTable
from ecg.evaluation.run_result import best_by_validation, read_run_results, write_run_result
from ecg.evaluation.tables import difference_table, resample
from ecg.networks.registry import ALL_TITLES, TITLES
from tests.builders import MODELS, PROJECT
from tests.evaluation.test_run_result import example_run_result

RESULTS = PROJECT / "results" / "intra_patient"
TABLES = ("comparison", "classes", "differences", "calibration", "cost")
FIGURES = ("learning_curves", "confusion_matrices", "precision_recall", "reliability")


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed results, computed again from the run results alone, without records and without TensorFlow."""
    out = tmp_path_factory.mktemp("remade")
    results = out / "results" / "intra_patient"
    shutil.copytree(RESULTS / "run_results", results / "run_results")
    shutil.copyfile(RESULTS / "latency.csv", results / "latency.csv")
    code = "import sys; from pathlib import Path; from ecg.evaluation.report import write_results; "
    code += f"write_results(Path({str(results)!r})); assert 'keras' not in sys.modules"
    environment = {name: value for name, value in os.environ.items() if name != "ECG_MITDB_DIR"}
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, check=True)
    return results


def test_the_results_come_from_the_run_results(remade: Path) -> None:
    for name in TABLES:
        assert (remade / f"{name}.md").read_text() == (RESULTS / f"{name}.md").read_text(), name
        pd.testing.assert_frame_equal(pd.read_csv(remade / f"{name}.csv"), pd.read_csv(RESULTS / f"{name}.csv"))
    assert (remade / "classification_report.txt").read_text() == (RESULTS / "classification_report.txt").read_text()
    assert {file.name for file in (remade / "figures").iterdir()} == {f"{name}.png" for name in FIGURES}


def test_the_files_are_those_committed(remade: Path) -> None:
    def files(folder: Path) -> set[Path]:
        return {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}

    assert files(remade) == files(RESULTS)


def test_the_five_stand_beside_what_they_are_measured_against() -> None:
    table = pd.read_csv(RESULTS / "comparison.csv").set_index("model")
    assert list(table.index) == list(ALL_TITLES.values())
    assert (table["accuracy low"] <= table["accuracy"]).all()
    assert (table["macro-F1"] <= table["macro-F1 high"]).all()
    assert (table.loc[list(TITLES.values()), "seeds"] == 3).all()


@pytest.mark.parametrize("architecture", TITLES)
def test_the_shipped_seed_is_the_best_on_validation(architecture: str) -> None:
    best = best_by_validation(read_run_results(RESULTS), architecture)
    assert read_json(MODELS / architecture / "metrics.json") == best.metrics


def test_the_run_results_are_those_of_the_test_beats(beats: BeatTable) -> None:
    test = beats.part("intra_patient", "test")
    for run_result in read_run_results(RESULTS):
        assert run_result.facts["data_fingerprint"] == beats.fingerprint()
        assert not run_result.facts["smoke"]
        np.testing.assert_array_equal(run_result.test["record"], test.records)
        np.testing.assert_array_equal(run_result.test["sample"], test.samples)
        np.testing.assert_array_equal(run_result.labels, test.labels)


def test_only_what_is_more_than_chance_is_called_a_difference(generated: BeatTable, tmp_path: Path) -> None:
    """Three models that guess, and of which two are the same one."""
    test = generated.part("intra_patient", "test")
    for model, seed in (("cnn", 0), ("gru", 0), ("lstm", 1), ("majority_class", 2)):
        write_run_result(tmp_path, example_run_result(test, model, seed))
    run_results = read_run_results(tmp_path)
    table = difference_table(run_results, resample(run_results)).set_index(["figure", "model", "compared with"])
    assert "majority class" not in table.reset_index()[["model", "compared with"]].to_numpy()
    assert table.loc[("accuracy", "CNN", "GRU"), "difference"] == 0
    assert table.loc[("accuracy", "CNN", "GRU"), "p"] == 1
    assert (table["difference low"] <= table["difference"]).all()
