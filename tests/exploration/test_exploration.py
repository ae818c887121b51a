"""The exploratory analysis: its tables against hand-known answers, its words, its report."""

from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import sync_playwright

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.mitdb import RECORDS
from ecg.exploration.descriptions import (
    describe_intervals,
    describe_neighbours,
    describe_quality,
    shape_choices,
    symbols_with_too_few_beats,
)
from ecg.exploration.neighbours import POINTS_PER_CLASS, neighbour_table, projection_table
from ecg.exploration.report import write_exploration
from ecg.exploration.sections import sections
from ecg.exploration.tables import (
    FEWEST_BEATS,
    INTERVAL_BINS,
    Exploration,
    correlation_table,
    count_table,
    interval_table,
    quality_table,
    read_exploration,
    record_table,
    shape_table,
)
from tests.builders import BROWSER_ARGUMENTS, PROJECT

COMMITTED = PROJECT / "results" / "exploration"


@pytest.fixture(scope="module")
def committed() -> Exploration:
    return read_exploration(COMMITTED)


def make_corpus(beats: list[list[float]], labels: str, records: list[str], samples: list[int], split: list[str]) -> BeatTable:
    padded = np.zeros((len(beats), 187), dtype=np.float32)
    for row, beat in zip(padded, beats, strict=True):
        row[: len(beat)] = beat
    return BeatTable(
        beats=padded,
        labels=np.array([LABELS.index(label) for label in labels]),
        symbols=np.array(list(labels)),
        records=np.array(records),
        samples=np.array(samples),
        splits={"intra_patient": np.array(split), "inter_patient": np.array(split)},
    )


def rows_of(table: pd.DataFrame, *key: str) -> dict[Any, dict[Any, Any]]:
    return table.set_index(list(key) if len(key) > 1 else key[0]).to_dict("index")


def test_beats_are_counted_by_split_and_by_record(generated: BeatTable) -> None:
    counts = rows_of(count_table(generated), "protocol", "split")
    fusion = generated.labels == LABELS.index("F")
    for protocol, split in (("intra_patient", "test"), ("inter_patient", "val")):
        assert counts[protocol, split]["F"] == (fusion & (generated.splits[protocol] == split)).sum()
    assert sum(counts["inter_patient", "left out"].values()) == (generated.splits["inter_patient"] == "").sum()
    assert sum(sum(row.values()) for row in counts.values()) == 2 * len(generated.labels)
    records = record_table(generated)
    assert records["record"].is_unique
    assert list(records["set"].unique()) == ["DS1", "DS2", "paced"]
    assert rows_of(records, "record")["208"]["F"] == (fusion & (generated.records == "208")).sum()


def test_missing_equal_and_overlapping_beats_are_found() -> None:
    beat_table = make_corpus(
        beats=[[1, 0.5], [1, 0.5], [1, 0.5], [1, np.nan], [1] * 187, [1, 0.25]],
        labels="NNVNNN",
        records=["100"] * 4 + ["101"] * 2,
        samples=[0, 100, 200, 300, 0, 300],
        split=["train", "train", "test", "test", "test", "train"],
    )
    counts = quality_table(beat_table).set_index("what")["beats"]
    assert counts.tolist() == [6, 1, 2, 1, 0, 1, 3, 1, 3, 1]
    # the fifth beat, of 187 samples at 120 Hz, reaches over the next one, which starts 300 samples at 360 Hz behind it
    words = describe_quality(quality_table(beat_table))
    assert words.startswith(
        "None of the 6 beats is one of these: in test, equal to an earlier test beat. With a missing value: 1 of 6"
    )
    assert words.endswith("In test, sharing part of the signal with a training beat: 1 of 3 beats (33.3%).")


def test_a_shape_leaves_out_padding_and_what_few_beats_reach() -> None:
    levels = np.linspace(0.1, 0.9, FEWEST_BEATS)
    beats = [[1.0, level, 0.3] for level in levels] + [[1.0, 0.9, 0.3, 0.7]] + [[1.0]] * (FEWEST_BEATS - 1)
    number = len(beats)
    labels = "N" * (FEWEST_BEATS + 1) + "V" * (FEWEST_BEATS - 1)
    shapes = shape_table(make_corpus(beats, labels, ["100"] * number, list(range(number)), ["train"] * number))
    assert set(shapes["name"]) == {"N"}
    rows = rows_of(shapes[shapes["kind"] == "class"], "sample")
    assert list(rows) == [0, 1, 2]
    assert [row["beats"] for row in rows.values()] == [FEWEST_BEATS + 1] * 3
    expected = [*levels, 0.9]
    assert rows[1]["mean"] == pytest.approx(np.mean(expected), abs=1e-4)
    assert [rows[1][name] for name in ("p5", "p50", "p95")] == pytest.approx(np.percentile(expected, [5, 50, 95]), abs=1e-4)
    assert symbols_with_too_few_beats(shapes)[:3] == ["L", "R", "e"]
    assert list(shape_choices(shapes)) == ["class N (21 beats)", "symbol N (21 beats)"]


def test_samples_that_rise_together_correlate() -> None:
    levels = np.linspace(0.1, 0.9, 30)
    beats = [[1, 0, 0, level, 0, 0, 1 - level, 1] for level in levels]
    table = rows_of(correlation_table(make_corpus(beats, "N" * 30, ["100"] * 30, list(range(30)), ["train"] * 30)), "sample")
    assert table[3]["3"] == 1
    assert table[3]["6"] == table[6]["3"] == -1
    assert np.isnan(table[3]["9"])  # no beat reaches so far


def test_an_early_beat_is_early_for_its_rhythm() -> None:
    rhythm = np.cumsum([0, *[360] * 10, 180, 540, *[360] * 10])
    labels = "N" * 11 + "S" + "N" * 11
    beat_table = make_corpus([[1, 0.5]] * 23, labels, ["100"] * 23, rhythm.tolist(), ["train"] * 23)
    table = interval_table(beat_table)
    seconds, ratio = (rows_of(table[table["interval"] == interval], "from") for interval in INTERVAL_BINS)
    assert seconds[0.5]["S"] == ratio[0.5]["S"] == 1
    assert seconds[1.0]["N"] == ratio[1.0]["N"] == 20
    assert seconds[1.5]["N"] == ratio[1.5]["N"] == 1


@given(st.lists(st.lists(st.integers(1, 5000), min_size=1, max_size=30), min_size=1, max_size=4))
def test_every_beat_but_the_first_of_a_record_has_one_interval(intervals: list[list[int]]) -> None:
    samples = [sample for record in intervals for sample in np.cumsum([0, *record]).tolist()]
    records = [name for name, record in zip(RECORDS, intervals, strict=False) for _ in range(len(record) + 1)]
    number = len(samples)
    table = interval_table(make_corpus([[1, 0.5]] * number, "N" * number, records, samples, ["train"] * number))
    assert table.groupby("interval")["N"].sum().tolist() == [number - len(intervals)] * 2


def test_the_nearest_beat_of_the_same_patient_is_told_from_others() -> None:
    # patient 100 has N and V a little apart, 101 has only N, which looks like the V of 100
    beats = [[1, 0.1], [1, 0.2], [1, 0.11], [1, 0.21], [1, 0.23], [1, 0.24]]
    beat_table = make_corpus(
        beats, "NVNVNN", ["100"] * 4 + ["101"] * 2, list(range(6)), ["train", "train", "test", "test", "train", "test"]
    )
    table = rows_of(neighbour_table(beat_table), "class")
    assert table["N"]["test_beats"] == 2
    assert table["N"]["same_patient"] == table["V"]["same_patient"] == 1
    assert table["all"]["chance"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3, abs=1e-4)
    assert table["all"]["right"] == 1
    assert (table["V"]["chance_within_class"], table["V"]["right_among_others"]) == (1, 0)
    assert (table["N"]["chance_within_class"], table["N"]["right_among_others"]) == (0.5, 0.5)


def test_two_records_of_one_person_are_one_patient() -> None:
    beats = [[1, 0.1], [1, 0.11], [1, 0.9]]
    beat_table = make_corpus(beats, "NNN", ["201", "202", "100"], [0, 1, 2], ["train", "test", "train"])
    assert rows_of(neighbour_table(beat_table), "class")["N"]["same_patient"] == 1


def test_the_projection_draws_of_each_class(generated: BeatTable) -> None:
    few = generated.rows(np.arange(0, len(generated.labels), 16))
    points = projection_table(few)
    assert np.bincount(few.labels).tolist() == points["class"].value_counts()[list(LABELS)].tolist()
    assert np.isfinite(points[["x", "y"]]).all(axis=None)
    pd.testing.assert_frame_equal(points, projection_table(few))


def test_what_was_committed_is_what_the_records_give(beats: BeatTable, committed: Exploration) -> None:
    made = {
        "counts": count_table(beats),
        "quality": quality_table(beats),
        "shapes": shape_table(beats),
        "correlation": correlation_table(beats),
        "records": record_table(beats),
        "intervals": interval_table(beats),
    }
    for name, table in made.items():
        pd.testing.assert_frame_equal(getattr(committed, name), table, check_dtype=False, rtol=0, atol=0.011)


def test_the_committed_neighbours_of_fusion_beats_are_those_of_the_records(beats: BeatTable, committed: Exploration) -> None:
    tested = beats.splits["intra_patient"] == "test"
    fusion = beats.labels == LABELS.index("F")
    made = rows_of(neighbour_table(replace(beats, context=None).rows(~tested | fusion)), "class")["F"]
    assert rows_of(committed.neighbours, "class")["F"] == pytest.approx(made, abs=0.007)


def test_no_single_beat_is_committed(committed: Exploration) -> None:
    assert committed.shapes["beats"].min() >= FEWEST_BEATS
    assert sum(file.stat().st_size for file in COMMITTED.iterdir()) < 1_000_000
    assert {file.stem for file in COMMITTED.iterdir()} == {field.name for field in fields(Exploration)}


def test_the_committed_projection_holds_every_class_and_record(committed: Exploration) -> None:
    points = committed.projection
    assert points["class"].value_counts().to_dict() == dict.fromkeys(LABELS, POINTS_PER_CLASS)
    assert set(points["record"]) <= set(RECORDS)
    assert points["record"].nunique() > 40


def test_what_is_said_holds(committed: Exploration) -> None:
    neighbours = rows_of(committed.neighbours, "class")
    assert all(row["same_patient"] > 2 * row["chance_within_class"] for row in neighbours.values())
    assert all(row["right_among_others"] < row["right"] for row in neighbours.values())
    of_232 = rows_of(committed.records, "record")["232"]
    assert of_232["S"] > of_232["N"]
    assert f"{neighbours['all']['same_patient']:.1%} are nearest" in describe_neighbours(committed.neighbours)
    assert "of the S" in describe_intervals(committed.intervals)


class Loaded(HTMLParser):
    """Whatever a page loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of a tag."""
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]


@pytest.fixture(scope="module")
def written(generated: BeatTable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of what the command writes of a few beats, in ``tables`` and ``eda``."""
    folder = tmp_path_factory.mktemp("exploration")
    few = generated.rows(np.arange(0, len(generated.labels), 8))
    write_exploration(few, folder / "tables", folder / "eda")
    return folder


def test_tables_and_pictures_are_written(written: Path) -> None:
    assert read_exploration(written / "tables").records[list(LABELS)].sum().sum() == 310
    pictures = {file.stem for file in (written / "eda").glob("*.png")}
    assert pictures == {field.name for field in fields(Exploration)} - {"quality"} | {"examples"}


def test_the_report_needs_nothing_else(written: Path, chromium: str) -> None:
    file = written / "eda" / "report.html"
    loaded = Loaded()
    loaded.feed(file.read_text(encoding="utf-8"))
    assert loaded.addresses == []
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.on("request", lambda request: requests.append(request.url))
        page.goto(file.as_uri())
        drawn = page.locator(".js-plotly-plot .main-svg:first-child").count()
        width = page.evaluate("document.documentElement.scrollWidth")
        browser.close()
    exploration = read_exploration(written / "tables")
    figures = sum(len(section.figures) for section in sections(exploration))
    assert drawn == figures + len(shape_choices(exploration.shapes)) + len(LABELS)
    assert requests == [file.as_uri()]
    assert width <= 390
