"""The published metrics as programs and the demo read them."""

import numpy as np
import pandas as pd
import pytest

from ecg.classes import LABELS
from ecg.evaluation.published_metrics import measured_figures
from ecg.evaluation.run_result import read_run_results
from ecg.evaluation.table_format import as_markdown
from ecg.evaluation.tables import class_table
from ecg.networks.registry import TITLES
from tests.builders import PROJECT

RESULTS = PROJECT / "results"


@pytest.fixture(scope="module")
def classes() -> pd.DataFrame:
    """The inter-patient table of the classes."""
    return class_table(read_run_results(RESULTS / "inter_patient"))


def test_sensitivity_and_predictivity_are_those_of_the_confusion_matrices(classes: pd.DataFrame) -> None:
    run_results = read_run_results(RESULTS / "inter_patient")
    for name, title in TITLES.items():
        of_model = classes[classes["model"] == title].set_index("class")
        seeds = np.array(
            [run_result.metrics["confusion_matrix"] for run_result in run_results if run_result.model == name]
        )  # (s, 5, 5)
        assert of_model["beats"].tolist() == seeds[0].sum(axis=1).tolist()
        right = seeds[:, 2, 2]
        assert of_model.loc["V", "Se"] == pytest.approx((right / seeds[:, 2].sum(axis=1)).mean())
        assert of_model.loc["V", "+P"] == pytest.approx((right / seeds[:, :, 2].sum(axis=1)).mean())
        f1 = [run_result.metrics["per_class"]["S"]["f1"] for run_result in run_results if run_result.model == name]
        assert of_model.loc["S", "F1"] == pytest.approx(np.mean(f1))


def test_the_intervals_hold_their_figures_and_what_is_not_defined_is_empty(classes: pd.DataFrame) -> None:
    for name in ("Se", "+P", "F1"):
        defined = classes[classes[name].notna() & classes["class"].isin(["N", "S", "V"])]
        assert len(defined) == 15
        assert defined[name].between(defined[f"{name} low"], defined[f"{name} high"]).all()
    never = classes[(classes["class"] == "Q") & (classes["model"] == "CNN")]
    assert never["+P"].isna().all()
    assert " to  " not in as_markdown(never)


def test_the_values_are_those_of_the_results() -> None:
    comparison = pd.read_csv(RESULTS / "inter_patient" / "comparison.csv").set_index("model")
    gru = next(row for row in measured_figures(RESULTS) if (row["model"], row["protocol"]) == ("gru", "inter_patient"))
    assert gru["accuracy"]["value"] == comparison.loc["GRU", "accuracy"]
    assert gru["macro_f1_of"] == "N S V F"
    assert list(gru["classes"]) == list(LABELS)
    never = next(row for row in measured_figures(RESULTS) if (row["model"], row["protocol"]) == ("cnn", "inter_patient"))
    assert never["classes"]["Q"]["positive_predictivity"] == {"value": None, "low": None, "high": None}
