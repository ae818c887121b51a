"""One recording from the shell."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import wfdb

from ecg.commands.classify import main


@pytest.fixture
def minute(records: Path, tmp_path: Path) -> Path:
    """The first minute of record 208 as a CSV file without a header."""
    signal = wfdb.rdrecord(str(records / "208"), channels=[0], sampto=60 * 360).p_signal
    file = tmp_path / "minute.csv"
    np.savetxt(file, signal, fmt="%.3f")
    return file


def test_a_recording_is_summarised_and_its_beats_are_written(
    minute: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beats, annotation = tmp_path / "beats.csv", tmp_path / "minute.ecg"
    main([str(minute), "--fs", "360", "--unit", "mV", "--out", str(beats), "--annotation", str(annotation)])
    printed = capsys.readouterr().out
    table = pd.read_csv(beats)
    assert f"beats            {len(table)}" in printed
    assert "60.0 s at 360 Hz" in printed
    assert {"N", "V"} <= set(table["label"])
    written = wfdb.rdann(str(annotation.with_suffix("")), "ecg")
    np.testing.assert_array_equal(written.sample, table["sample"])
    assert written.symbol == table["label"].tolist()


def test_the_summary_is_printed_as_json(minute: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(minute), "--fs", "360", "--json"])
    summary = json.loads(capsys.readouterr().out)
    assert summary["sampling_rate_hz"] == 360
    assert summary["beats"] == sum(summary["counts"].values())


def test_a_header_finds_its_files_beside_it(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(records / "100.hea"), "--json"])
    summary = json.loads(capsys.readouterr().out)
    assert summary["agreement"]["beats"] == 2273


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nothere.csv"], "nothere.csv does not exist"), ([__file__], "test_classify.py: none of these is a recording")],
)
def test_what_is_no_recording_is_explained(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
