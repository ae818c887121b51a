"""Results record by record, and without single records."""

from dataclasses import replace

import numpy as np
import pytest

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.evaluation.per_record import SUBSETS, record_subsets_table, records_table
from ecg.evaluation.run_result import make_run_result

S = LABELS.index("S")


def two_records(beats: BeatTable) -> BeatTable:
    """Ten beats of record 232, of which nine are S, and ten of record 100, of which one is."""
    labels = np.array([1] * 9 + [0] + [0] * 9 + [1])
    return replace(beats.rows(np.arange(20)), labels=labels, records=np.repeat(["232", "100"], 10))


def test_without_the_record_that_decides_the_figures_are_others(generated: BeatTable) -> None:
    beats = two_records(generated)
    all_s = np.eye(5)[np.where(beats.records == "232", S, 0)]
    facts = {"architecture": "cnn", "seed": 0, "protocol": "inter_patient"}
    run_result = make_run_result(facts, beats, all_s, all_s)

    table = record_subsets_table([run_result]).set_index("records")
    assert list(table.index) == list(SUBSETS["inter_patient"])
    whole, without = table.loc["all records"], table.loc["all but 232, with 1,382 of the S"]
    assert whole["Se S"] == pytest.approx(0.9)
    assert whole["+P S"] == pytest.approx(0.9)
    assert without["Se S"] == 0
    assert np.isnan(without["+P S"])
    assert np.isnan(whole["Se V"])
    assert without["accuracy"] == pytest.approx(0.9)

    records = records_table([run_result]).set_index("record")
    assert list(records.index) == ["100", "232"]
    assert list(records.loc["232", ["N", "S", "V", "Se S", "+P S"]]) == [1, 9, 0, 1, 0.9]
    assert list(records.loc["100", ["N", "S", "Se S", "accuracy"]]) == [9, 1, 0, 0.9]


def test_the_paced_records_can_be_left_out(generated: BeatTable) -> None:
    beats = replace(two_records(generated), records=np.repeat(["107", "100"], 10))
    all_n = np.eye(5)[np.zeros(20, dtype=int)]
    run_result = make_run_result({"architecture": "cnn", "seed": 0, "protocol": "all_patients"}, beats, all_n, all_n)
    table = record_subsets_table([run_result]).set_index("records")
    assert table["accuracy"].to_dict() == {
        "all records": 0.5,
        "all but the paced ones": 0.9,
        "all but 232, with half of the S": 0.5,
    }


def test_seeds_are_averaged(generated: BeatTable) -> None:
    beats = two_records(generated)
    right, wrong = np.eye(5)[beats.labels], np.eye(5)[1 - beats.labels]
    facts = {"architecture": "gru", "protocol": "inter_patient"}
    run_results = [make_run_result({**facts, "seed": seed}, beats, says, says) for seed, says in enumerate((right, wrong))]
    assert record_subsets_table(run_results)["accuracy"].tolist() == [0.5] * len(SUBSETS["inter_patient"])
