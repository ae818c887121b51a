"""Faults of disks and clocks, a few of each; `python -m tests.soak` goes on for longer."""

import os
import re
import time
from pathlib import Path

import pandas as pd
import pytest

import train
from ecg.archive.store import Store, write_row
from ecg.atomic_files import read_json, replace_folder, write_atomically, write_json
from ecg.checksums import CHECKSUMS
from ecg.data.beat_table import BeatTable
from ecg.errors import WHAT_TO_DO, InputError, explain_input_errors
from ecg.evaluation.run_result import write_run_result
from ecg.networks.model_files import verify_model_folder
from ecg.training import checkpoints
from ecg.training.checkpoints import ResumePoint
from tests.builders import MODELS, PROJECT
from tests.evaluation.test_run_result import example_run_result
from tests.soak import model_corruption
from tests.soak.disk_full import files_of_at_most, fill_disk
from tests.soak.whole import damaged_files
from tests.training.test_fit import KilledError, run_of
from tests.training.test_fit import train as train_network

ROOM = 2_000
"""Bytes a file may have where the disk is to be full."""


def test_a_model_with_a_changed_byte_is_refused(tmp_path: Path) -> None:
    finding = model_corruption.change_bytes(2, tmp_path, [MODELS / "gru"])
    assert finding.held == finding.tried == 24, finding.measured


def test_a_model_with_a_damaged_file_is_refused(tmp_path: Path) -> None:
    finding = model_corruption.damage_files(tmp_path, [MODELS / "gru"])
    assert finding.held == finding.tried, finding.measured


def test_a_list_of_checksums_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / CHECKSUMS).write_bytes(b"\xff\x00\n\n" * 9)
    with pytest.raises(InputError, match="SHA256SUMS is damaged: it does not list config.json"):
        verify_model_folder(tmp_path)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    write_json(file, "old")
    with pytest.raises(OSError, match=re.escape(str(file))), files_of_at_most(ROOM):
        write_json(file, "new" * ROOM)
    assert read_json(file) == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_full_disk_leaves_the_old_folder(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    with replace_folder(folder) as unfinished:
        (unfinished / "curve").write_text("old")
    with pytest.raises(OSError, match=re.escape(str(folder))), files_of_at_most(ROOM), replace_folder(folder) as unfinished:
        (unfinished / "curve").write_text("new" * ROOM)
    assert [file.read_text() for file in folder.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_whose_replacement_was_killed_between_two_renamings_comes_back(tmp_path: Path) -> None:
    (tmp_path / "cnn.old").mkdir()
    (tmp_path / "cnn.old" / "model.onnx").write_text("old")
    with pytest.raises(KilledError), replace_folder(tmp_path / "cnn"):
        raise KilledError
    assert (tmp_path / "cnn" / "model.onnx").read_text() == "old"


def test_a_full_disk_leaves_the_old_outcome(generated: BeatTable, tmp_path: Path) -> None:
    write_run_result(tmp_path, example_run_result(generated))
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.*")}
    with pytest.raises(OSError, match=r"test\.parquet"), files_of_at_most(ROOM):
        write_run_result(tmp_path, example_run_result(generated))
    assert {file: file.read_bytes() for file in tmp_path.rglob("*.*")} == before


def test_a_full_disk_under_the_row_of_a_recording_is_explained(tmp_path: Path) -> None:
    """Of whichever process: what is no `InputError` would look to Ray like a worker that was killed."""
    path = Store(tmp_path).summary("a")
    with pytest.raises(InputError, match=r"a\.json: File too large\. Make room"), files_of_at_most(ROOM):
        write_row(path, {"recording": "a" * ROOM})
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("number", WHAT_TO_DO)
def test_a_command_says_what_to_do_about_a_disk(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    @explain_input_errors
    def command() -> None:
        raise OSError(number, "in other words", "results/comparison.csv")

    with pytest.raises(SystemExit) as ended:
        command()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: results/comparison.csv: {os.strerror(number)}. ")
    assert "start the same command again" in said


def test_an_archive_on_a_full_disk(tmp_path: Path) -> None:
    (finding,) = fill_disk(tmp_path, ["an archive"], rooms=[4096])
    assert finding.held == finding.tried, finding.measured


def test_a_run_that_is_killed_before_its_last_epoch_counts(
    few_beats: BeatTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The epoch is trained again, the half of a file of it is gone, and its line is in the history once."""
    half = tmp_path / ResumePoint.FOLDER / "best-002.keras"

    def killed(path: Path, content: dict[str, list[object]]) -> None:
        if len(content["history"]) == 2:
            half.write_bytes(b"PK")
            raise KilledError
        write_json(path, content)

    monkeypatch.setattr(checkpoints, "write_json", killed)
    with pytest.raises(KilledError):
        train_network(run_of("cosine", epochs=2), few_beats, tmp_path)
    assert ResumePoint(tmp_path, [], 2).restore() is not None
    assert not half.exists()
    monkeypatch.undo()
    train_network(run_of("cosine", epochs=2), few_beats, tmp_path)
    assert pd.read_csv(tmp_path / "history.csv")["epoch"].tolist() == [1, 2]
    assert not half.parent.exists()
    assert not damaged_files(tmp_path)


@pytest.mark.parametrize("cut", [Path("metrics.json"), Path("confusion_matrix.png"), Path("history.csv")])
def test_a_file_that_is_not_whole_is_found(cut: Path, tmp_path: Path) -> None:
    for name in ("metrics.json", "confusion_matrix.png", "history.csv"):
        write_atomically(tmp_path / name, (MODELS / "gru" / name).read_bytes())
    assert damaged_files(tmp_path) == []
    os.truncate(tmp_path / cut, (tmp_path / cut).stat().st_size // 2)
    assert [file.partition(":")[0] for file in damaged_files(tmp_path)] == [str(cut)]


@pytest.mark.parametrize("year", [1970, 2200])
def test_a_clock_that_no_checkpoint_can_note_is_explained(
    year: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(time, "localtime", lambda *_: time.struct_time((year, 1, 1, 0, 0, 0, 3, 1, 0)))
    with pytest.raises(SystemExit):
        train.main(["--smoke"])
    assert f"The clock of this machine says {year}" in capsys.readouterr().err


def test_no_work_depends_on_the_time_of_day() -> None:
    """A clock may be wrong, and be set in mid-work: durations are taken from one that only goes on."""
    sources = [PROJECT / "train.py", *(PROJECT / "ecg").rglob("*.py")]
    asking = re.compile(r"time\.time\b|time_ns|\bdatetime\b|st_[amc]time")
    assert [str(file) for file in sources if asking.search(file.read_text())] == []
