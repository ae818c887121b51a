"""Reading whole recordings, and what is reported of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import wfdb
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ecg.classes import LABELS
from ecg.errors import InputError
from ecg.inference.classifier import Model, load_models
from ecg.inference.downsampling import min_max
from ecg.inference.recording_analysis import Analysis, analyse
from ecg.inference.recording_figures import clock, strip_figure, tachogram
from ecg.inference.recording_summary import (
    agreement,
    agreement_table,
    recording_beats_table,
    rr_intervals,
    summarise,
    write_annotation,
)
from ecg.inference.recording_text import count_table, describe, describe_beat, next_disagreement
from ecg.io.readers import read_recording
from ecg.io.recording import Annotation, Recording, Source, take_lead
from ecg.io.sample_recording import read_excerpt
from ecg.networks.registry import TITLES
from ecg.signal.signal_quality import Quality
from tests.builders import PROJECT
from tests.signal.test_context_beat import heart

FS = 250


def recording_of(ecg: np.ndarray, fs: float = FS) -> Recording:
    return take_lead(Source("made", ("MLII",), ("mV",), (fs,), lambda _: ecg))


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    """The models for recordings, as shipped."""
    return load_models(PROJECT / "models" / "all_patients")


@pytest.fixture(scope="module")
def excerpt(models: dict[str, Model]) -> Analysis:
    """The excerpt of record 208, read."""
    return analyse(read_excerpt(), models)


@pytest.fixture
def by_hand() -> Analysis:
    """Eight beats a second apart, two in a stretch of their own behind noise, and what two models say of them."""
    said = {"cnn": "NVVNSSNN", "gru": "NVVVSSNN"}
    probabilities = {
        name: np.array([[0.9 if letter == label else 0.025 for label in LABELS] for letter in letters], dtype=np.float32)
        for name, letters in said.items()
    }
    peaks = np.array([1, 2, 3, 4, 5, 6, 17, 18]) * FS
    ecg, _ = heart(FS, 20)
    annotation = Annotation(np.array([1, 2, 3, 4, 5, 6, 7, 17]) * FS + 10, np.array(list("NVVVNANN")))
    recording = replace(recording_of(ecg), annotation=annotation)
    quality = Quality(np.array([0, 5, 10, 15, 20]) * FS, np.array([0, 0, 3, 0]))
    return Analysis(recording, quality, peaks, probabilities, ("Mind the noise.",))


def test_the_report_by_hand(by_hand: Analysis) -> None:
    summary = summarise(by_hand)
    assert summary["beats"] == 8
    assert summary["counts"]["N"] + summary["counts"]["V"] == 6
    assert summary["counts_by_model"]["cnn"] == {"N": 4, "S": 2, "V": 2, "F": 0, "Q": 0}
    assert summary["longest_runs"]["S"] == {"beats": 2, "from_s": 5.0}
    assert summary["ectopic_burden"]["S"] == 0.25
    assert summary["models_disagree"] == {"beats": 1, "share": 0.125}
    assert summary["unreadable"] == [{"from_s": 10, "to_s": 15, "reason": "noise"}]
    assert summary["readable_share"] == 0.75
    assert summary["heart_rate_bpm"]["mean"] == 60
    np.testing.assert_array_equal(rr_intervals(by_hand), [np.nan, 1, 1, 1, 1, 1, np.nan, 1])
    assert "Mind the noise." in describe(summary)
    assert count_table(summary, TITLES)["CNN"].tolist() == [4, 2, 2, 0, 0]


def test_the_agreement_by_hand(by_hand: Analysis) -> None:
    compared = agreement(by_hand)
    assert (compared["beats"], compared["found"], compared["false"]) == (8, 7, 1)
    scores = compared["classes"]["cnn"]
    assert scores["V"] == {"annotated": 3, "predicted": 2, "sensitivity": 0.6667, "positive_predictivity": 1.0}
    assert scores["S"] == {"annotated": 1, "predicted": 2, "sensitivity": 1.0, "positive_predictivity": 0.5}
    assert scores["N"] == {"annotated": 4, "predicted": 4, "sensitivity": 0.5, "positive_predictivity": 0.5}
    assert scores["F"] == {"annotated": 0, "predicted": 0, "sensitivity": None, "positive_predictivity": None}
    table = agreement_table(by_hand, TITLES)
    assert table["reader"].tolist() == ["vote of all", "CNN", "GRU"]
    assert list(table)[1:] == ["Se N", "+P N", "Se S", "+P S", "Se V", "+P V"]


def test_the_vote_is_that_of_most_models(excerpt: Analysis) -> None:
    for beat in range(len(excerpt.peaks)):
        counts = np.bincount(excerpt.answers[:, beat], minlength=5)
        assert counts[excerpt.votes[beat]] == counts.max()


def test_disagreements_are_stepped_through(excerpt: Analysis) -> None:
    seen, at = [], -1.0
    while (beat := next_disagreement(excerpt, at, 1)) is not None:
        seen.append(beat)
        at = float(excerpt.seconds[beat])
    np.testing.assert_array_equal(seen, np.flatnonzero(excerpt.disagreement))
    assert next_disagreement(excerpt, at, -1) == seen[-2]
    assert f"Disagreement {len(seen)} of {len(seen)}" in describe_beat(excerpt, seen[-1], TITLES)


def test_the_beats_as_a_table_and_as_an_annotation(excerpt: Analysis, tmp_path: Path) -> None:
    table = recording_beats_table(excerpt)
    assert list(table) == ["time_s", "sample", "rr_s", "label", "probability", "agree", *TITLES]
    assert set(table["label"]) <= set(LABELS)
    annotation = wfdb.rdann(str(write_annotation(excerpt, tmp_path).with_suffix("")), "ecg")
    np.testing.assert_array_equal(annotation.sample, table["sample"])
    assert annotation.symbol == table["label"].tolist()
    assert annotation.fs == 360


def test_a_record_of_the_training_set_is_read_nearly_as_annotated(records: Path, models: dict[str, Model]) -> None:
    files = [records / f"119.{extension}" for extension in ("hea", "dat", "atr")]
    scores = summarise(analyse(read_recording(files), models))["agreement"]
    assert scores["found"] / scores["beats"] > 0.995
    assert scores["classes"]["vote"]["V"]["sensitivity"] > 0.98
    assert scores["classes"]["vote"]["N"]["positive_predictivity"] > 0.98


def test_progress_is_told(models: dict[str, Model]) -> None:
    told: list[tuple[float, str]] = []
    analyse(recording_of(heart(FS, 30)[0]), models, lambda share, doing: told.append((share, doing)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert all(any(model.title in doing for _, doing in told) for model in models.values())


NOISE = np.random.default_rng(0).normal(size=60 * FS)


@pytest.mark.parametrize(
    ("ecg", "message"),
    [
        (NOISE, "nothing but noise"),
        (np.sin(np.arange(60 * FS) * 2 * np.pi * 50 / FS), "nothing but noise"),
        (np.where(np.arange(60 * FS) < 3, 1.0, 0.0), "hardly anything but flat lines|Only . heartbeats"),
    ],
)
def test_what_holds_no_heartbeat_is_refused(ecg: np.ndarray, message: str, models: dict[str, Model]) -> None:
    with pytest.raises(InputError, match=message):
        analyse(recording_of(ecg), models)


def test_noise_is_marked_and_not_classified(models: dict[str, Model]) -> None:
    ecg, _ = heart(FS, 60)
    ecg[20 * FS : 30 * FS] += 3 * NOISE[: 10 * FS]
    analysis = analyse(recording_of(ecg), models)
    assert not ((analysis.seconds > 20) & (analysis.seconds < 30)).any()
    assert any("16.7% of the recording is flat, missing or noise" in warning for warning in analysis.warnings)


def test_an_inverted_lead_is_asked_about(models: dict[str, Model]) -> None:
    ecg, _ = heart(FS, 60)
    assert not analyse(recording_of(ecg), models).warnings
    assert any("Is the lead inverted?" in warning for warning in analyse(recording_of(-ecg), models).warnings)


def test_the_strip_shows_the_beats_and_what_cannot_be_read(by_hand: Analysis) -> None:
    figure = strip_figure(by_hand, 0, 12)
    assert {trace.name[0] for trace in figure.data if trace.name} == set("NVS") - ({"V"} - {LABELS[v] for v in by_hand.votes})
    assert [annotation.text for annotation in figure.layout.annotations] == ["noise"]
    assert figure.layout.xaxis.range == (0, 12)
    assert sum(len(trace.x) for trace in tachogram(by_hand).data) == 6


@given(hnp.arrays(np.float32, st.integers(0, 500), elements=st.floats(-10, 10, width=32)), st.integers(2, 60))
def test_no_peak_is_lost_by_drawing_less(values: np.ndarray, most: int) -> None:
    chosen = min_max(values, most)
    assert len(chosen) <= max(most, 2)
    assert (np.diff(chosen) > 0).all()
    if len(values):
        assert values[chosen].min() == values.min()
        assert values[chosen].max() == values.max()


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00.0"), (59.96, "1:00.0"), (3723.4, "1:02:03.4")])
def test_times_are_written_as_people_do(seconds: float, text: str) -> None:
    assert clock(seconds) == text
