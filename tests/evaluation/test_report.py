"""The tables and figures that are worked out from the run_results."""

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
from ecg.evaluation.table_format import as_markdown, formatted
from ecg.evaluation.tables import difference_table, resample
from ecg.networks.registry import ALL_TITLES, TITLES
from tests.conftest import MODELS, PROJECT
from tests.evaluation.test_run_result import make_outcome

RESULTS = PROJECT / "results" / "intra_patient"
TABLES = ("comparison", "classes", "differences", "calibration", "cost")
FIGURES = ("learning_curves", "confusion_matrices", "precision_recall", "reliability")


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed results, made anew from the run_results alone, without records and without TensorFlow."""
    out = tmp_path_factory.mktemp("remade")
    results = out / "results" / "intra_patient"
    shutil.copytree(RESULTS / "run_results", results / "run_results")
    shutil.copyfile(RESULTS / "latency.csv", results / "latency.csv")
    code = f"import sys; from ecg import results; results.main(['--out', {str(out)!r}]); assert 'keras' not in sys.modules"
    environment = {name: value for name, value in os.environ.items() if name != "ECG_MITDB_DIR"}
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, check=True)
    return results


def test_the_results_come_from_the_outcomes(remade: Path) -> None:
    for name in TABLES:
        assert (remade / f"{name}.md").read_text() == (RESULTS / f"{name}.md").read_text(), name
        pd.testing.assert_frame_equal(pd.read_csv(remade / f"{name}.csv"), pd.read_csv(RESULTS / f"{name}.csv"))
    assert (remade / "classification_report.txt").read_text() == (RESULTS / "classification_report.txt").read_text()
    assert {file.name for file in (remade / "figures").iterdir()} == {f"{name}.png" for name in FIGURES}


def test_what_is_there_is_what_is_committed(remade: Path) -> None:
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


def test_the_outcomes_are_those_of_the_test_beats(beats: BeatTable) -> None:
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
        write_run_result(tmp_path, make_outcome(test, model, seed))
    run_results = read_run_results(tmp_path)
    table = difference_table(run_results, resample(run_results)).set_index(["figure", "model", "less"])
    assert "majority class" not in table.reset_index()[["model", "less"]].to_numpy()
    assert table.loc[("accuracy", "CNN", "GRU"), "difference"] == 0
    assert table.loc[("accuracy", "CNN", "GRU"), "p"] == 1
    assert (table["difference low"] <= table["difference"]).all()


def test_numbers_are_written_for_people() -> None:
    table = pd.DataFrame(
        {
            "model": ["A", "B"],
            "seeds": [3, 1],
            "macro-F1": [0.93456, 0.9],
            "macro-F1 SD": [0.00123, np.nan],
            "macro-F1 low": [0.92, 0.89],
            "macro-F1 high": [0.94, 0.91],
            "parameters": [1234567, np.nan],
            "p": [0.04567, 1],
        }
    )
    assert formatted(table).to_dict("list") == {
        "model": ["A", "B"],
        "seeds": ["3", "1"],
        "macro-F1": ["0.9346 ± 0.0012", "0.9000"],
        "macro-F1, 95 % interval": ["0.9200 to 0.9400", "0.8900 to 0.9100"],
        "parameters": ["1,234,567", ""],
        "p": ["0.046", "1.000"],
    }
    assert as_markdown(table[["model", "seeds"]]) == "| model | seeds |\n| --- | ---: |\n| A | 3 |\n| B | 1 |\n"
