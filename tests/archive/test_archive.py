"""Classifying a folder of recordings on one machine."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import edfio
import numpy as np
import pandas as pd
import pytest
import wfdb
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from ecg.archive import worker
from ecg.archive.classify import classify_archive
from ecg.archive.discovery import FoundRecording, find_recordings
from ecg.archive.store import Store
from ecg.archive.tables import SUMMARY
from ecg.archive.worker import Archive, classify_recording
from ecg.atomic_files import whole_file
from ecg.commands.archive import main
from ecg.errors import InputError
from ecg.inference.classifier import Model
from ecg.inference.recording_analysis import analyse
from ecg.inference.recording_summary import recording_beats_table, summarise
from ecg.inference.shipped_models import shipped_models
from ecg.inference.streaming import analyse_in_pieces
from ecg.io import lead_reader
from ecg.io.lead_reader import lead_of, open_lead
from ecg.io.readers import read_recording
from ecg.io.recording import Source, take_lead
from tests.builders import PROJECT
from tests.signal.test_context_beat import heart

FS = 360
MODEL = "simple_rnn"
SECONDS = 60
BAD = ("a/cut.hea", "words.csv")
GOOD = ("a/100.edf", "a/100.hea", "a/_c=1/100.npy", "a/b/100.hea", "a/b/208.csv")


@pytest.fixture
def folder(records: Path, tmp_path: Path) -> Path:
    """An archive of five recordings of a minute, and two that cannot be read."""
    return make_archive(records, tmp_path / "archive")


@pytest.fixture
def blocked(folder: Path) -> Iterator[Path]:
    """A pipe among the recordings: whoever reads it waits for ever, so that a run is certainly in its middle."""
    pipe = folder / "blocked.npy"
    os.mkfifo(pipe)
    held = os.open(pipe, os.O_RDWR)
    yield pipe
    os.close(held)


@pytest.fixture(scope="module")
def undisturbed(records: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of such an archive when nobody is killed."""
    place = tmp_path_factory.mktemp("undisturbed")
    archive = archive_of(make_archive(records, place / "archive"), place / "results")
    assert classify_archive(archive, workers=1) == (len(GOOD) + len(BAD), len(BAD))
    return place / "results"


def make_archive(records: Path, folder: Path) -> Path:
    """Write minutes of records 100 and 208 in all formats, and two files that are no recordings."""
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "_c=1").mkdir()
    minutes = {name: wfdb.rdrecord(str(records / name), sampto=SECONDS * FS, channels=[0]).p_signal for name in ("100", "208")}
    for place in ("a", "a/b"):
        wfdb.wrsamp("100", FS, ["mV"], ["MLII"], minutes["100"], fmt=["212"], write_dir=str(folder / place))
    signal_of_100 = edfio.EdfSignal(minutes["100"][:, 0], FS, label="MLII", physical_dimension="mV", physical_range=(-6, 6))
    edfio.Edf([signal_of_100]).write(folder / "a" / "100.edf")
    np.save(folder / "a" / "_c=1" / "100.npy", minutes["100"][:, 0])
    np.savetxt(folder / "a" / "b" / "208.csv", minutes["208"], header="MLII_mV", comments="")
    wfdb.wrsamp("cut", FS, ["mV"], ["MLII"], minutes["100"], fmt=["212"], write_dir=str(folder / "a"))
    (folder / "a" / "cut.dat").write_bytes(b"cut short")
    (folder / "words.csv").write_text("This is no table of numbers.\n")
    (folder / "README.txt").write_text("Neither is this.\n")
    return folder


def archive_of(folder: Path, results: Path) -> Archive:
    return Archive(folder, results, {MODEL: shipped_models() / MODEL}, fs=float(FS))


def command(folder: Path, results: Path, *more: str) -> list[str]:
    """The command that does what `archive_of` says."""
    given = [str(folder), "--out", str(results), "--models", MODEL, "--fs", str(FS)]
    return [sys.executable, "-m", "ecg", "archive", *given, *more]


def files_of(results: Path) -> dict[str, bytes]:
    """All that stands in a folder of results."""
    return {str(file.relative_to(results)): file.read_bytes() for file in results.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    """One model, on one thread."""
    return archive_of(Path(), Path()).load_models()


@contextmanager
def started(program: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program that is ended with the test, whatever becomes of that."""
    with subprocess.Popen(program, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def workers_of(process: int) -> list[int]:
    """Children that are workers; the pool has a further one that keeps account of resources."""
    children = [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def readers_of(pipe: Path) -> set[int]:
    """Processes that have a pipe open, but for this one."""
    processes = {int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()}
    return {process for process in processes - {os.getpid()} if _reads(process, pipe)}


def _reads(process: int, pipe: Path) -> bool:
    try:
        return any(file.readlink() == pipe for file in Path(f"/proc/{process}/fd").iterdir())
    except OSError:  # it is another user's, or has ended
        return False


def test_an_archive_is_classified(folder: Path, undisturbed: Path, models: dict[str, Model]) -> None:
    summary = pd.read_parquet(undisturbed / "summary.parquet")
    assert summary["recording"].tolist() == sorted(GOOD)
    failed = pd.read_csv(undisturbed / "failed.csv").set_index("recording")["reason"]
    assert tuple(failed.index) == BAD
    assert "promises 21,600 samples" in failed["a/cut.hea"]
    beats = pd.read_parquet(undisturbed / "beats")  # all files below, as Spark and DuckDB's "beats/**/*.parquet" do
    assert beats.groupby("recording").size().to_dict() == summary.set_index("recording")["beats"].to_dict()
    same = [beats[beats["recording"] == name][["sample", "label"]].to_numpy().tolist() for name in GOOD if "100" in name]
    assert same[1:] == same[:-1]
    expected = recording_beats_table(analyse(read_recording([folder / "a/b/208.csv"], fs=FS), models))
    found = beats[beats["recording"] == "a/b/208.csv"].reset_index(drop=True)
    pd.testing.assert_frame_equal(found[list(expected)[:-1]], expected.iloc[:, :-1], check_dtype=False)
    assert (found[f"{MODEL}_label"] == found["label"]).all()
    assert (found[f"{MODEL}_probability"] == found["probability"]).all()


def test_the_summary_is_that_of_the_app(records: Path, tmp_path: Path, models: dict[str, Model]) -> None:
    archive = archive_of(records, tmp_path)
    assert classify_recording(FoundRecording("208.hea", 0), archive, models)
    row = pd.read_json(Store(tmp_path).summary("208.hea"), typ="series")
    expected = summarise(analyse(read_recording([records / "208.hea", records / "208.dat"]), models))
    assert row.index.tolist() == SUMMARY.names
    for column in ("lead", "unit", "sampling_rate_hz", "duration_s", "beats", "readable_share"):
        assert row[column] == expected[column]
    for label in "SV":
        assert row[f"ectopic_burden_{label}"] == expected["ectopic_burden"][label]
        assert row[f"longest_run_{label}"] == (expected["longest_runs"][label] or {"beats": 0})["beats"]
    assert row["longest_run_V_from_s"] == expected["longest_runs"]["V"]["from_s"]
    assert row["mean_heart_rate_bpm"] == expected["heart_rate_bpm"]["mean"]
    assert row["models_agree_share"] == 1 - expected["models_disagree"]["share"]


def test_what_is_killed_in_mid_run_is_done_by_the_next_run(
    folder: Path, blocked: Path, tmp_path: Path, undisturbed: Path
) -> None:
    killed = tmp_path / "killed"
    done = [Store(killed).summary(name) for name in GOOD]
    with started(command(folder, killed, "--workers", "2")) as driver:
        wait_until(lambda: bool(readers_of(blocked)) and all(file.is_file() for file in done))
        workers = workers_of(driver.pid)
        driver.send_signal(signal.SIGKILL)
    wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    assert len(workers) == 2
    assert not (killed / "summary.parquet").exists()
    written = [file.stat().st_mtime_ns for file in done]
    done[0].unlink()  # as if it had been killed a little earlier
    blocked.unlink()
    main(command(folder, killed, "--workers", "1")[4:])
    assert files_of(killed) == files_of(undisturbed)
    assert [file.stat().st_mtime_ns for file in done][1:] == written[1:]


def test_a_recording_that_kills_its_worker_takes_no_other_with_it(folder: Path, blocked: Path, tmp_path: Path) -> None:
    results = tmp_path / "results"
    with started(command(folder, results, "--workers", "2")) as driver:
        killed: set[int] = set()

        def has_ended_by_itself() -> bool:
            for reader in readers_of(blocked) - killed:
                os.kill(reader, signal.SIGKILL)
                killed.add(reader)
            return driver.poll() is not None

        wait_until(has_ended_by_itself)
    assert driver.returncode == 0
    assert len(killed) == 3
    failed = pd.read_csv(results / "failed.csv").set_index("recording")["reason"]
    assert tuple(failed.index) == tuple(sorted((*BAD, "blocked.npy")))
    assert "killed whenever it was tried" in failed["blocked.npy"]
    assert parquet.read_table(results / "summary.parquet")["recording"].to_pylist() == sorted(GOOD)


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "beats" / "a.parquet"
    with pytest.raises(KeyboardInterrupt):
        _begin(file)
    assert not list(file.parent.iterdir())
    (file.parent / ".of-a-killed-worker.part").write_bytes(b"half")
    with Store(tmp_path).locked({}):
        assert not list(file.parent.iterdir())


def _begin(file: Path) -> None:
    with whole_file(file) as unfinished:
        unfinished.write(b"half")
        raise KeyboardInterrupt


def test_runs_do_not_mix(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    another = pytest.raises(InputError, match="Another run is writing")
    with store.locked({"models": 1}), another, store.locked({"models": 1}):
        pass
    with pytest.raises(InputError, match="other models or options"), store.locked({"models": 2}):
        pass


def test_a_full_disk_is_not_the_recordings_fault(
    folder: Path, tmp_path: Path, models: dict[str, Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(worker, "write_beats", full)
    with pytest.raises(InputError, match="Make room"):
        classify_recording(FoundRecording(GOOD[0], 0), archive_of(folder, tmp_path / "results"), models)
    assert not files_of(tmp_path / "results")


NAMES = st.lists(st.text("ab_=%.5FD3", min_size=1, max_size=6).filter(lambda part: part.strip(".")), min_size=1, max_size=3)


@given(st.lists(NAMES.map("/".join), min_size=2, max_size=2, unique=True))
def test_no_two_recordings_have_the_same_results(names: list[str]) -> None:
    store = Store(Path("results"))
    first, second = (store.beats(name) for name in names)
    assert first != second
    assert not any(part.startswith("_") or "=" in part for part in first.parts)


def test_segments_are_no_recordings_of_their_own(folder: Path, tmp_path: Path) -> None:
    (folder / "a" / "whole.hea").write_text("whole/2 1 360 43200\n100 21600\ncut 21600\n")
    (folder / "a" / ".hidden.csv").write_text("1\n2\n")
    found = {each.name: each.size for each in find_recordings(folder, folder / "a" / "b")}
    names = set(found)
    assert names == {*GOOD, *BAD, "a/whole.hea"} - {"a/100.hea", "a/cut.hea", "a/b/100.hea", "a/b/208.csv"}
    assert found["a/whole.hea"] > (folder / "a" / "100.dat").stat().st_size
    with pytest.raises(InputError, match="is no folder"):
        find_recordings(folder / "README.txt", tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no recording"):
        find_recordings(tmp_path / "empty", tmp_path)


@pytest.mark.parametrize("name", ["a/100.hea", "a/100.edf", "a/_c=1/100.npy"])
def test_a_section_is_that_of_the_whole(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fs = FS if name.endswith("npy") else None
    whole = open_lead(folder / name, 0, fs)
    monkeypatch.setattr(lead_reader, "LARGE", 0)
    in_sections = open_lead(folder / name, 1, fs)
    assert (in_sections.samples, in_sections.about.lead) == (whole.samples, whole.about.lead)
    for start, stop in ((0, whole.samples), (1, 2), (777, 12_345), (whole.samples - 3, whole.samples)):
        for found, expected in zip(in_sections.section(start, stop), whole.section(start, stop), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_a_long_recording_in_pieces_has_the_beats_of_the_whole(records: Path, models: dict[str, Model]) -> None:
    names = ("100", "105", "208", "108", "232", "222")  # three hours, and a bit
    ecg = np.concatenate([wfdb.rdrecord(str(records / name), channels=[0]).p_signal[:, 0] for name in names])
    ecg[5000:9000] = np.nan
    recording = take_lead(Source("long", ("MLII",), ("mV",), (float(FS),), lambda _: ecg))
    pieces = list(analyse_in_pieces(lead_of(recording), models))
    whole = analyse(recording, models)
    assert len(pieces) == 4
    np.testing.assert_array_equal(np.concatenate([piece.peaks for piece in pieces]), whole.peaks)
    labels = np.concatenate([piece.votes for piece in pieces])
    assert (labels == whole.votes).mean() >= 0.9999
    found = np.concatenate([piece.probabilities[MODEL] for piece in pieces])
    np.testing.assert_allclose(found, whole.probabilities[MODEL], atol=1e-5)


def test_hours_without_a_beat_are_no_end(models: dict[str, Model]) -> None:
    fs = 100
    ecg = np.zeros(4 * 3600 * fs)
    beats, _ = heart(fs, 60)
    ecg[: len(beats)] = beats
    ecg[-len(beats) - 500 : -500] = beats
    ecg[-3 * 3600 * fs : -2 * 3600 * fs] = np.nan
    pieces = list(analyse_in_pieces(lead_of(take_lead(Source("long", ("II",), ("mV",), (float(fs),), lambda _: ecg))), models))
    assert [len(piece.peaks) > 50 for piece in pieces] == [True, False, False, True]
