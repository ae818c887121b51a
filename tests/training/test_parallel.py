"""Training several networks at once: however it ends, no process is left behind, and what was done is kept."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ecg.training.checkpoints import ResumePoint
from tests.builders import PROJECT


@pytest.fixture
def training(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A command that trains two networks and will not be done soon; each has finished an epoch."""
    options = ["--smoke", "--arch", "simple_rnn", "no_core", "--epochs", "500", "--out", str(tmp_path)]
    command = [sys.executable, "train.py", *options]
    states = [
        tmp_path / "runs" / "intra_patient" / name / "seed0" / ResumePoint.FOLDER / "state.json"
        for name in ("simple_rnn", "no_core")
    ]
    before = signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # tests that run in the background ignore it, and their children would
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        signal.signal(signal.SIGINT, before)
        try:
            wait_until(lambda: all(state.exists() for state in states), seconds=180)
            yield process
        finally:
            if processes_of_session(process.pid):
                os.killpg(process.pid, signal.SIGKILL)


def wait_until(condition: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def processes_of_session(session: int) -> list[int]:
    """Numbers of the living processes of a session; Linux only."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, its_session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(its_session) == session and state != "Z":
            found.append(int(folder.name))
    return found


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    return [
        number
        for number in processes_of_session(process.pid)
        if b"spawn_main" in (Path("/proc") / str(number) / "cmdline").read_bytes()
    ]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_command(training: subprocess.Popen[str], how: signal.Signals) -> None:
    assert len(workers_of(training)) == min(os.cpu_count() or 1, 2)
    training.send_signal(how)
    training.communicate(timeout=60)
    assert training.returncode != 0
    wait_until(lambda: not processes_of_session(training.pid), seconds=30)


def test_a_killed_worker_is_explained(training: subprocess.Popen[str]) -> None:
    os.kill(workers_of(training)[0], signal.SIGKILL)
    _, stderr = training.communicate(timeout=120)
    assert training.returncode == 2
    assert "A training process was killed" in stderr
    assert "Traceback" not in stderr
    wait_until(lambda: not processes_of_session(training.pid), seconds=30)
