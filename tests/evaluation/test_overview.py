"""Intra-patient and inter-patient results side by side."""

from pathlib import Path

import pandas as pd
import pytest

from ecg.errors import InputError
from ecg.evaluation.overview import ablation_table, overview_table
from ecg.evaluation.report import write_overview
from ecg.evaluation.result_paths import result_path
from ecg.networks.registry import TITLES


def write_comparison(results: Path, protocol: str, inputs: str, models: list[str], f1: float) -> None:
    folder = results / result_path(protocol, inputs)
    folder.mkdir(parents=True)
    figures = {"accuracy": f1 + 0.1, "F1 N": f1, "F1 S": f1 - 0.2, "F1 V": f1, "F1 F": f1 + 0.2, "F1 Q": 0.01}
    pd.DataFrame([{"model": model, "seeds": 1, **figures} for model in models]).to_csv(folder / "comparison.csv", index=False)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    everyone = [*TITLES.values(), "random forest"]
    write_comparison(tmp_path, "intra_patient", "kaggle_beat", everyone, 0.8)
    write_comparison(tmp_path, "inter_patient", "kaggle_beat", everyone, 0.3)
    write_comparison(tmp_path, "inter_patient", "context", everyone, 0.6)
    return tmp_path


def test_the_overview_puts_three_measurements_side_by_side(results: Path) -> None:
    table = overview_table(results)
    assert list(table["model"]) == list(TITLES.values())
    row = table.iloc[0]
    assert row["intra-patient: macro-F1"] == pytest.approx(0.8)
    assert row["inter-patient: accuracy"] == pytest.approx(0.4)
    assert row["inter-patient, in context: macro-F1"] == pytest.approx(0.6)
    assert row["inter-patient, in context: F1 S"] == pytest.approx(0.4)


def test_what_was_not_measured_is_named(results: Path) -> None:
    (results / "inter_patient" / "comparison.csv").unlink()
    with pytest.raises(InputError, match="inter_patient holds no comparison"):
        overview_table(results)


def test_the_ablation_has_a_line_for_each_input_measured(results: Path) -> None:
    write_comparison(results, "inter_patient", "context_rhythm", ["CNN"], 0.5)
    write_comparison(results, "intra_patient", "context", ["CNN", "GRU"], 0.7)
    table = ablation_table(results).set_index(["model", "inputs"])
    intra_patient = table["intra-patient: accuracy"]
    context = "beat in context, RR features, median beat"
    assert list(table.loc["CNN"].index) == ["Kaggle beat", "beat in context, RR features", context]
    assert list(table.loc["LSTM"].index) == ["Kaggle beat", context]
    assert intra_patient.isna()["CNN", "beat in context, RR features"]
    assert table.loc[("CNN", "beat in context, RR features"), "inter-patient: macro-F1"] == pytest.approx(0.5)
    assert table.loc[("GRU", context), "intra-patient: F1 S"] == pytest.approx(0.5)


def test_both_tables_are_written(results: Path) -> None:
    write_overview(results)
    for name in ("overview", "ablation"):
        assert (results / f"{name}.md").read_text().startswith("| model |")
        assert len(pd.read_csv(results / f"{name}.csv")) >= 5
