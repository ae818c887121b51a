"""Measure how fast everything is, side by side with what it is held against.

    python -m benchmarks           # or: make bench; 13 to 24 minutes, on a machine that does nothing else
    python -m benchmarks --quick   # or: make bench-quick; fails where a ratio is less than half of the one on record

Writes results/benchmarks.json and results/benchmarks.md, and results/<protocol>/latency.csv; --quick writes nothing. Needs the
MIT-BIH records. Each benchmark runs in a process of its own.
"""

import argparse
import json
import multiprocessing
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks import latency, machine
from benchmarks.measuring import Bound, Comparison, run
from benchmarks.table import as_json, as_markdown
from ecg.atomic_files import write_atomically
from ecg.errors import InputError, explain_input_errors

RESULTS = Path(__file__).parents[1] / "results"
BENCHMARKS = ("ingest", "day", "classification", "growth", "startup", "throughput", "epochs")
"""Modules of this package; each has ``measure(quick)``."""
QUICK = ("ingest", "classification", "startup")
TOLERATED = 0.5
"""Of the ratio on record: machines differ, and are busy."""


def measure(benchmark: str, quick: bool) -> list[Comparison | Bound]:
    """Run one benchmark in a process of its own, so that none inherits another's threads and memory.

    Parameters
    ----------
    benchmark : str
        One of `BENCHMARKS`.
    quick : bool
        Whether a few repetitions do.

    Returns
    -------
    list of Comparison or Bound
        What it measured.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(run, benchmark, quick).result()


def describe_machine() -> dict[str, Any]:
    """Describe the machine, and measure what it can do at most.

    Returns
    -------
    dict
        Processor, cores, Python, and the measured peaks.
    """
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").is_file() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "multiply-adds a second": machine.multiply_adds_per_second(),
        "bytes copied a second": machine.bytes_copied_per_second(),
    }


def check(measured: list[Comparison | Bound], recorded: dict[str, float]) -> None:
    """Hold ratios against those on record.

    Parameters
    ----------
    measured : list of Comparison or Bound
        What was measured now; bounds are not looked at, for they are absolute times of another machine.
    recorded : dict of str to float
        How many times faster ours was, by what is compared.

    Raises
    ------
    InputError
        If a ratio has fallen by half, or none is on record.
    """
    fallen = [
        f"{one.what}: {one.faster:.2f} times as fast, on record {recorded.get(one.what)}"
        for one in measured
        if isinstance(one, Comparison) and not one.faster >= TOLERATED * recorded.get(one.what, float("inf"))
    ]
    if fallen:
        raise InputError("Slower than half of what is on record:\n" + "\n".join(fallen))


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Measure, and write or check.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few repetitions of some, held against what is on record")
    options = parser.parse_args(arguments)
    measured: list[Comparison | Bound] = []
    for benchmark in QUICK if options.quick else BENCHMARKS:
        started = time.monotonic()
        measured += measure(benchmark, options.quick)
        print(f"{benchmark}: {time.monotonic() - started:.0f} s", flush=True)
    print(as_markdown(measured))
    if options.quick:
        on_record = json.loads((RESULTS / "benchmarks.json").read_text())["comparisons"]
        check(measured, {one["what"]: one["faster"] for one in on_record})
        return
    latency.main()
    write_atomically(RESULTS / "benchmarks.json", json.dumps(as_json(measured, describe_machine()), indent=2) + "\n")
    write_atomically(RESULTS / "benchmarks.md", as_markdown(measured))


if __name__ == "__main__":
    sys.exit(main())
