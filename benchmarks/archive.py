"""Measure the classification of an archive of recordings: on 1 and 2 cores, on a Ray cluster, and of long recordings.

    python -m benchmarks.archive speed              # 48 recordings on 1 and on 2 cores; 3 minutes
    python -m benchmarks.archive long               # an hour, a day and 14 days as one recording; 20 minutes
    python -m benchmarks.archive ray                # 1,000 recordings on two nodes, one of which is killed; half an hour
    python -m benchmarks.archive ray --recordings 48

Run it on an otherwise idle machine. ECG_MITDB_DIR names the folder of the MIT-BIH records. Each command writes its section of
results/archive.md.
"""

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.signal import resample_poly

from benchmarks.archive_report import HOLTER_FS, SECTIONS, write_section
from ecg.archive.worker import Archive
from ecg.data import mitdb
from ecg.errors import InputError, explain_input_errors
from ecg.inference.recording_analysis import analyse
from ecg.inference.shipped_models import shipped_models
from ecg.inference.streaming import analyse_in_pieces
from ecg.io.lead_reader import lead_of
from ecg.io.readers import read_recording
from ecg.io.recording import Source, take_lead
from ecg.networks.registry import TITLES

PROJECT = Path(__file__).parents[1]
MODEL = "simple_rnn"
"""The model for long recordings; their memory does not depend on the number of models."""
DAYS = {"an hour": 1 / 24, "a day": 1.0, "14 days": 14.0}


def make_archive(records: Path, folder: Path, recordings: int) -> None:
    """Fill a folder with so many recordings: links to the records, repeated as needed."""
    headers = sorted(records.glob("*.hea"))
    for number in range(recordings):
        header = headers[number % len(headers)]
        copy = folder / f"copy_{number // len(headers):03}"
        copy.mkdir(parents=True, exist_ok=True)
        for suffix in (".hea", ".dat"):
            (copy / header.name).with_suffix(suffix).symlink_to(header.with_suffix(suffix).resolve())


def classify(folder: Path, results: Path, *more: str) -> dict[str, float]:
    """Run the archive command in a process of its own.

    Returns
    -------
    dict
        ``seconds`` it took, ``core_seconds`` of computing, and ``worker_mb``, the highest memory of a worker.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    peaks: dict[int, float] = {}
    with subprocess.Popen(
        [sys.executable, "-m", "ecg", "archive", str(folder), "--out", str(results), *more], cwd=PROJECT
    ) as run:
        while run.poll() is None:
            peaks |= dict(_memory_of_children(run.pid))
            time.sleep(0.2)
    if run.returncode:
        raise InputError(f"The run ended with status {run.returncode}.")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    computing = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.perf_counter() - started, "core_seconds": computing, "worker_mb": max(peaks.values())}


def _memory_of_children(process: int) -> Iterator[tuple[int, float]]:
    try:
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            status = Path(f"/proc/{child}/status").read_text()
            yield int(child), float(status.split("VmHWM:")[1].split()[0]) / 1000
    except (OSError, IndexError):  # the process has just ended
        return


def measure_speed(records: Path, recordings: int) -> list[dict[str, Any]]:
    """Classify the same archive on 1 and on 2 cores; a row for each."""
    rows = []
    with _archive(records, recordings) as (folder, results):
        for cores in (1, 2):
            out = results / str(cores)
            figures = classify(folder, out, "--workers", str(cores))
            summary = pd.read_parquet(out / "summary.parquet")
            rows.append(
                {
                    "cores": cores,
                    "recordings": len(summary),
                    "hours": float(summary["duration_s"].sum() / 3600),
                    "beats": int(summary["beats"].sum()),
                    "bytes_in": sum(file.stat().st_size for file in folder.rglob("*.dat")),
                    "bytes_out": sum(file.stat().st_size for file in out.rglob("*") if file.is_file()),
                    **figures,
                }
            )
    return rows


def measure_long(records: Path) -> dict[str, Any]:
    """Classify recordings of an hour, a day and 14 days, and compare the day in pieces with the day in one piece.

    The recordings consist of the MIT-BIH records, one after the other, repeated as needed.

    Returns
    -------
    dict
        ``runs``, a row for each; and for the day ``beats`` in one piece, ``in_pieces``, ``found`` both times, and of these the
        ``same`` class both times.
    """
    day = np.concatenate([_at_holter_rate(read_recording(sorted(records.glob(f"{name}.*")))) for name in mitdb.RECORDS])
    runs = []
    for name, days in DAYS.items():
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "archive"
            folder.mkdir()
            np.save(folder / "long.npy", np.resize(day, round(days * 86400 * HOLTER_FS)))
            options = ("--workers", "1", "--fs", str(HOLTER_FS), "--unit", "uV", "--lead", "MLII", "--models", MODEL)
            runs.append({"length": name, **classify(folder, Path(temporary) / "results", *options)})
    return {"runs": runs, **_compared(day)}


def _at_holter_rate(recording: Any) -> np.ndarray:
    values = resample_poly(recording.signal, HOLTER_FS, round(recording.fs), padtype="line")
    return np.round(1000 * values).astype(np.int16)  # microvolts


def _compared(day: np.ndarray) -> dict[str, int]:
    models = Archive(Path(), Path(), {name: shipped_models() / name for name in TITLES}).load_models()
    recording = take_lead(Source("day", ("MLII",), ("uV",), (float(HOLTER_FS),), lambda _: day))
    whole = analyse(recording, models)
    pieces = list(analyse_in_pieces(lead_of(recording), models))
    peaks, votes = (np.concatenate([getattr(piece, what) for piece in pieces]) for what in ("peaks", "votes"))
    both, in_whole, in_pieces = np.intersect1d(whole.peaks, peaks, return_indices=True)
    same = int((whole.votes[in_whole] == votes[in_pieces]).sum())
    return {"beats": len(whole.peaks), "in_pieces": len(peaks), "found": len(both), "same": same}


def measure_ray(records: Path, recordings: int) -> dict[str, Any]:
    """Classify an archive on two Ray nodes, kill one node and later the driver, and compare with an undisturbed local run.

    Returns
    -------
    dict
        Recordings done at each kill, seconds of both runs, and the number of result files that differ.
    """
    with _archive(records, recordings) as (folder, results), _cluster() as start_node:
        head = start_node("--head", "--port=6399", "--node-ip-address=127.0.0.1", "--include-dashboard=false")
        time.sleep(10)
        node = start_node("--address=127.0.0.1:6399", "--node-ip-address=127.0.0.2")
        options = ["--out", str(results / "ray"), "--ray", "127.0.0.1:6399"]
        program = [sys.executable, "-m", "ecg", "archive", str(folder), *options]
        started = time.perf_counter()
        with subprocess.Popen(program, cwd=PROJECT) as driver:
            node_killed_at = _wait_for(results / "ray", recordings // 3)
            os.killpg(node.pid, signal.SIGKILL)
            start_node("--address=127.0.0.1:6399", "--node-ip-address=127.0.0.3")
            driver_killed_at = _wait_for(results / "ray", 2 * recordings // 3)
            driver.kill()
        subprocess.run(program, cwd=PROJECT, check=True)
        seconds = time.perf_counter() - started
        os.killpg(head.pid, signal.SIGKILL)
        here = classify(folder, results / "here")
        different = _differing(results / "ray", results / "here")
        done = pd.read_parquet(results / "ray" / "summary.parquet")["recording"]
        return {
            "recordings": recordings,
            "node_killed_at": node_killed_at,
            "driver_killed_at": driver_killed_at,
            "seconds": seconds,
            "seconds_here": here["seconds"],
            "done": len(done),
            "doubled": int(done.duplicated().sum()),
            "files": sum(file.is_file() for file in (results / "here").rglob("*")),
            "different": different,
        }


def _wait_for(results: Path, recordings: int) -> int:
    while (done := sum(1 for _ in (results / "summaries").rglob("*.json"))) < recordings:
        time.sleep(0.5)
    return done


def _differing(one: Path, other: Path) -> int:
    contents = [
        {file.relative_to(out): file.read_bytes() for file in out.rglob("*") if file.is_file()} for out in (one, other)
    ]
    return sum(contents[0].get(name) != contents[1].get(name) for name in {*contents[0], *contents[1]})


@contextmanager
def _cluster() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Yield a function that starts a node of one core; all processes of the nodes end with the block."""
    nodes: list[subprocess.Popen[bytes]] = []
    # in /tmp, because paths of sockets must be short
    with tempfile.TemporaryDirectory(prefix="ray", dir="/tmp", ignore_cleanup_errors=True) as temporary:

        def start(*options: str) -> subprocess.Popen[bytes]:
            ray = [str(Path(sys.executable).with_name("ray")), "start", "--block", "--disable-usage-stats", "--num-cpus=1"]
            temporary_folder = [f"--temp-dir={temporary}"] if "--head" in options else []
            program = [*ray, "--object-store-memory=100000000", *temporary_folder, *options]
            nodes.append(subprocess.Popen(program, start_new_session=True, stdout=subprocess.DEVNULL))
            return nodes[-1]

        try:
            yield start
        finally:
            for node in nodes:
                if node.poll() is None:
                    os.killpg(node.pid, signal.SIGKILL)
                    node.wait()


@contextmanager
def _archive(records: Path, recordings: int) -> Iterator[tuple[Path, Path]]:
    with tempfile.TemporaryDirectory() as temporary:
        make_archive(records, Path(temporary) / "archive", recordings)
        yield Path(temporary) / "archive", Path(temporary) / "results"


@explain_input_errors
def main() -> None:
    """Run one of the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "long", "ray"))
    parser.add_argument("--recordings", type=int, help="number of recordings; default: 48, on Ray 1,000")
    options = parser.parse_args()
    records = mitdb.find()
    if records is None:
        raise InputError(f"The MIT-BIH records are not here. Name their folder: {mitdb.ENVIRONMENT_VARIABLE}=DIR.")
    measures: dict[str, Callable[[], Any]] = {
        "speed": lambda: measure_speed(records, options.recordings or 48),
        "long": lambda: measure_long(records),
        "ray": lambda: measure_ray(records, options.recordings or 1000),
    }
    busy = os.getloadavg()[0]
    figures = measures[options.what]()
    machine = f"{os.cpu_count()} cores; load of the machine before: {busy:.1f}."
    write_section(options.what, f"{SECTIONS[options.what](figures)}\n\n{machine}")


if __name__ == "__main__":
    main()
