"""Measure time and memory until the demo's first answer, beside the same demo with TensorFlow."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.measuring import Bound, Comparison, Timing, side_by_side
from ecg.data.templates import load_templates

PROJECT = Path(__file__).parents[1]
COMMANDS = {"ours": ["app.py"], "theirs": ["-m", "benchmarks.tensorflow_app"]}
GOAL = 3.0
"""Wanted ratio of the times, and of the memories."""
GRADIO_ALONE = """
from ui.no_stubs import no_type_stubs
with no_type_stubs():
    import gradio
"""
PATIENCE_S = 120
"""Longest wait for the first answer."""


@dataclass
class Started:
    """Seconds until the first answer, and resident memory then, for each start of a demo."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    @property
    def memory(self) -> float:
        """The highest memory, in MB."""
        return max(self.megabytes)


def free_port() -> int:
    """Return a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def serving(command: list[str]) -> Iterator[tuple[str, int]]:
    """Run a demo, from its first answer on.

    Parameters
    ----------
    command : list of str
        Arguments of Python; ``--port`` is added.

    Yields
    ------
    url : str
        Its address.
    pid : int
        Its process.

    Raises
    ------
    RuntimeError
        If it ends, or does not answer within `PATIENCE_S`.
    """
    port = free_port()
    command = [sys.executable, *command, "--port", str(port)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for_answer(url, process)
            yield url, process.pid
        finally:
            process.terminate()


def _wait_for_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    call = f"{url}/gradio_api/call/classify_beat"
    body = json.dumps({"data": [list(load_templates()[0].beat)]})
    end = time.monotonic() + PATIENCE_S
    with httpx.Client(timeout=PATIENCE_S, headers={"content-type": "application/json"}) as http:
        while time.monotonic() < end and process.poll() is None:
            try:
                event = http.post(call, content=body).raise_for_status().json()["event_id"]
                if "event: complete" in http.get(f"{call}/{event}").text:
                    return
            except httpx.HTTPError:
                time.sleep(0.02)
    raise RuntimeError(f"No beat was classified within {PATIENCE_S} s: {process.args!r}, status {process.poll()}.")


def resident_megabytes(pid: int) -> float:
    """Return the resident memory of a process in MB; Linux only."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / 1e6


def measure(quick: bool) -> list[Comparison | Bound]:
    """Start both demos in turns, once after the warm-up if ``quick``, else five times."""
    started = {who: Started() for who in COMMANDS}
    for number in range(2 if quick else 6):
        for who, command in COMMANDS.items():
            begun = time.perf_counter()
            with serving(command) as (_, pid):
                seconds, megabytes = time.perf_counter() - begun, resident_megabytes(pid)
            if number:  # the first start reads the files from the disk
                started[who].seconds.append(seconds)
                started[who].megabytes.append(megabytes)
    ours, theirs = started.values()
    command = [sys.executable, "-c", GRADIO_ALONE]
    alone = side_by_side({"": lambda: subprocess.run(command, cwd=PROJECT, check=True)}, rounds=1 if quick else 3)[""]
    return [
        Comparison(
            what="from the start of the process to the first answer of /classify_beat",
            against="the same demo with TensorFlow",
            ours=Timing(tuple(ours.seconds)),
            theirs=Timing(tuple(theirs.seconds)),
            goal=GOAL,
            conditions="ten models each, five of which answer; files in the system's cache",
            limit=alone.median,
            limit_of="importing Gradio without its stubs, and nothing else",
        ),
        Bound(
            f"memory at the first answer ({ours.memory:.0f} MB), as a share of that of the demo with TensorFlow "
            f"({theirs.memory:.0f} MB)",
            ours.memory / theirs.memory,
            1 / GOAL,
            "of theirs",
        ),
    ]


if __name__ == "__main__":
    for result in measure("--quick" in sys.argv):
        print(result)
