"""Kill training at random moments, all its processes at once, as the kernel does or a power cut."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd

from ecg.atomic_files import read_json
from tests.builders import PROJECT
from tests.soak.finding import Finding
from tests.soak.whole import damaged_files

COMMAND = [sys.executable, "train.py", "--smoke", "--arch", "simple_rnn", "cnn", "--epochs", "4", "--out"]
PLACE = Path("intra_patient")
KILLS = 20
LONGEST = 900
"""Seconds after which a run that nobody kills is given up."""


def findings(folder: Path) -> list[Finding]:
    """Do everything at length.

    Parameters
    ----------
    folder : Path
        Where everything goes.

    Returns
    -------
    list of Finding
        What became of it.
    """
    return [kill_training(KILLS, folder)]


def kill_training(times: int, folder: Path) -> Finding:
    """Start the same training again and again, and kill it each time at a random moment.

    A run that ends before its moment has come is compared with one that nobody killed, and the next one begins from nothing.

    Parameters
    ----------
    times : int
        Number of kills.
    folder : Path
        Where everything goes.

    Returns
    -------
    Finding
        How many kills left every file whole, and belong to a run that ended as if nothing had been.
    """
    chance = random.Random(times)
    started = time.monotonic()
    if _train(folder / "undisturbed", LONGEST) != 0:
        raise RuntimeError("training fails even if nobody kills it")
    duration, expected = time.monotonic() - started, results_of(folder / "undisturbed")
    kills = held = runs = 0
    problems: list[str] = []
    while kills < times:
        runs += 1
        killed, seen = _killed_run(folder / f"run{runs}", times - kills, duration, chance)
        if not seen:
            seen = [
                f"{name} is another one" for name, what in results_of(folder / f"run{runs}").items() if what != expected[name]
            ]
        kills, held = kills + killed, held + killed * (not seen)
        problems += seen
    return Finding(
        what="kill -9 of all processes of `train.py`, at random moments, and the same command again",
        tried=kills,
        held=held,
        promise="no file is ever half-written, and the run ends with the same weights and figures, bit for bit",
        measured="; ".join([f"{runs} runs of two networks, of {duration:.0f} s each", *problems]),
    )


def _killed_run(out: Path, most: int, duration: float, chance: random.Random) -> tuple[int, list[str]]:
    """Train from nothing to the end, in spite of so many kills at most; return their number and what went wrong."""
    kills, problems = 0, list[str]()
    shutil.rmtree(out, ignore_errors=True)
    while True:
        status = _train(out, chance.uniform(0, duration) if kills < most else LONGEST)
        problems += damaged_files(out)
        if status is not None:
            return kills, problems + [f"the command ended with status {status}"] * (status != 0)
        kills += 1


def _train(out: Path, seconds: float) -> int | None:
    """Run the command; return its status, or None if it had to be killed."""
    silent = subprocess.DEVNULL
    with subprocess.Popen([*COMMAND, str(out)], cwd=PROJECT, stdout=silent, stderr=silent, start_new_session=True) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None


def results_of(out: Path) -> dict[str, Any]:
    """Read what a run must end with, whatever happens to it: all but the time it took.

    Parameters
    ----------
    out : Path
        The folder that holds ``runs/``, ``models/`` and ``results/``.

    Returns
    -------
    dict
        By the name of the file.
    """
    results: dict[str, Any] = {}
    for folder in sorted((out / "models" / PLACE).iterdir()):
        results |= {f"{folder.name}/{name}": (folder / name).read_bytes() for name in ("model.weights.h5", "reference.csv")}
        history = pd.read_csv(folder / "history.csv").drop(columns="seconds")
        results[f"{folder.name}/history.csv"] = history.to_csv(index=False)
    for metrics in read_json(out / "results" / PLACE / "metrics.json"):
        results[f"metrics of {metrics['architecture']}"] = {**metrics, "training_seconds": None}
    return results
