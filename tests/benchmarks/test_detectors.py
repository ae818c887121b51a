"""Comparing detectors of R peaks."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import detectors
from benchmarks.detectors import DETECTORS, compare, main, pooled, score, worst_records
from ecg.classes import LABEL_OF_SYMBOL
from ecg.data import mitdb
from ecg.errors import InputError


@pytest.fixture
def flutter(records: Path) -> mitdb.Record:
    """The record with ventricular flutter."""
    return mitdb.read_record(records, "207")


@pytest.fixture
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the detectors that need further packages or much time."""
    monkeypatch.setattr(detectors, "DETECTORS", {"ecg.signal.r_peaks": DETECTORS["ecg.signal.r_peaks"]})


def annotated(record: mitdb.Record) -> np.ndarray:
    return record.samples[np.isin(record.symbols, list(LABEL_OF_SYMBOL))]


def test_annotations_score_in_full(flutter: mitdb.Record) -> None:
    beats = len(annotated(flutter))
    counts = {"beats": beats, "missed": 0, "false": 0, "close": beats}
    shares = {"sensitivity": 1, "positive predictivity": 1, "offset": 0, "spread": 0}
    assert score(flutter, annotated(flutter)) == counts | shares


def test_missed_false_and_late_beats_are_counted(records: Path) -> None:
    record = mitdb.read_record(records, "101")
    late = annotated(record)[5:] + 9
    scores = score(record, np.sort(np.append(late, [annotated(record)[100] + 120, annotated(record)[200] + 120])))
    assert (scores["missed"], scores["false"], scores["close"]) == (5, 2, 0)
    assert scores["offset"] == pytest.approx(25)


def test_flutter_is_left_out(flutter: mitdb.Record) -> None:
    waves = flutter.samples[flutter.symbols == "!"]
    assert len(waves) > 400
    scores = score(flutter, np.sort(np.append(annotated(flutter), waves)))
    assert scores["false"] == 0


def test_an_episode_may_last_to_the_end(flutter: mitdb.Record) -> None:
    last = np.flatnonzero(flutter.symbols == "]")[-1]
    start = flutter.samples[flutter.symbols == "["][-1]
    open_ended = replace(flutter, samples=np.delete(flutter.samples, last), symbols=np.delete(flutter.symbols, last))
    assert score(open_ended, annotated(flutter))["beats"] == (annotated(flutter) < start).sum()


def test_nothing_found(flutter: mitdb.Record) -> None:
    scores = score(flutter, np.empty(0, dtype=np.int64))
    assert scores["missed"] == scores["beats"]
    assert scores["sensitivity"] == 0
    assert np.isnan([scores["positive predictivity"], scores["offset"], scores["spread"]]).all()


def test_records_are_added_up() -> None:
    rows = [
        ("101", "ecg.signal.r_peaks", 1000, 10, 20, 980),
        ("100", "ecg.signal.r_peaks", 3000, 30, 0, 2970),
        ("102", "ecg.signal.r_peaks", 1000, 0, 0, 0),
    ]
    table = pd.DataFrame(rows, columns=["record", "detector", "beats", "missed", "false", "close"]).assign(seconds=0.02)
    figures = pooled(table).set_index("records")
    assert figures.loc["DS1"].to_dict() == {
        "detector": "ecg.signal.r_peaks",
        "beats": "1,000",
        "missed": "10",
        "false": "20",
        "sensitivity": "99.00%",
        "positive predictivity": "98.02%",
        "in place": "98.99%",
        "ms a record": "20",
    }
    assert figures.loc["DS2", "sensitivity"] == "99.00%"
    assert figures.loc["all", "sensitivity"] == "99.20%"
    assert list(worst_records(table)["record"]) == ["101", "100", "102"]


def test_the_command_compares_all_records(records: Path, tmp_path: Path, only_ours: None) -> None:
    main(["--mitdb", str(records), "--out", str(tmp_path)])
    table = pd.read_csv(tmp_path / "results" / "detectors.csv", dtype={"record": str})
    assert list(table["record"]) == list(mitdb.RECORDS)
    hits = table["beats"].sum() - table["missed"].sum()
    assert hits / table["beats"].sum() > 0.995
    assert hits / (hits + table["false"].sum()) > 0.995
    assert "| ecg.signal.r_peaks | all |" in (tmp_path / "results" / "detectors.md").read_text()


@pytest.mark.parametrize(
    ("title", "package", "command"),
    [("SleepECG", "sleepecg", "pip install sleepecg"), ("NeuroKit2", "neurokit2", "--no-deps neurokit2")],
)
def test_a_missing_package_is_named(
    records: Path, title: str, package: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(detectors, "DETECTORS", {title: DETECTORS[title]})
    with pytest.raises(InputError, match=f"{package} is not installed.*{command}"):
        compare(records, ["101"])


def test_xqrs_runs(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detectors, "DETECTORS", {"WFDB xqrs": DETECTORS["WFDB xqrs"]})
    row = compare(records, ["112"]).iloc[0]
    assert row["missed"] + row["false"] < 0.01 * row["beats"]
