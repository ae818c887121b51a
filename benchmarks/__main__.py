"""Measure the speed of everything, beside what it is compared with.

    python -m benchmarks           # or: make bench; 13 to 24 minutes, on an otherwise idle machine
    python -m benchmarks --quick   # or: make bench-quick; fails where a ratio is less than half of the recorded one

Writes results/benchmarks.json, results/benchmarks.md and results/<protocol>/latency.csv; --quick writes nothing. Needs the
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
from benchmarks.table import as_json, tables_as_markdown
from ecg.atomic_files import write_atomically
from ecg.errors import InputError, explain_input_errors
from ecg.evaluation.documents import write_documents

RESULTS = Path(__file__).parents[1] / "results"
BENCHMARKS = ("ingest", "day", "classification", "onnx_export", "growth", "startup", "idle", "throughput", "epochs")
"""Modules of this package; each has ``measure(quick)``."""
QUICK = ("ingest", "classification", "startup")
TOLERATED = 0.5
"""Share of the recorded ratio that is still accepted, because machines differ and may be busy."""


def measure(benchmark: str, quick: bool) -> list[Comparison | Bound]:
    """Run one of `BENCHMARKS` in a process of its own, so that it inherits no threads and no memory from another."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(run, benchmark, quick).result()


def describe_machine() -> dict[str, Any]:
    """Describe the machine: processor, cores, Python, and measured peaks."""
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
    """Compare measured ratios with recorded ones. Bounds are skipped: they are absolute times of another machine.

    Parameters
    ----------
    measured : list of Comparison or Bound
        The measurements.
    recorded : dict of str to float
        The recorded ratio of each comparison, by its ``what``.

    Raises
    ------
    InputError
        If a ratio has fallen below half of the recorded one, or none is recorded.
    """
    fallen = [
        f"{one.what}: {one.faster:.2f} times as fast, recorded: {recorded.get(one.what)}"
        for one in measured
        if isinstance(one, Comparison) and not one.faster >= TOLERATED * recorded.get(one.what, float("inf"))
    ]
    if fallen:
        raise InputError("Less than half of the recorded ratio:\n" + "\n".join(fallen))


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Measure, and write the results or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="few repetitions of some benchmarks, compared with the recorded ratios"
    )
    options = parser.parse_args(arguments)
    measured: list[Comparison | Bound] = []
    for benchmark in QUICK if options.quick else BENCHMARKS:
        started = time.monotonic()
        measured += measure(benchmark, options.quick)
        print(f"{benchmark}: {time.monotonic() - started:.0f} s", flush=True)
    print(tables_as_markdown(measured))
    if options.quick:
        recorded = json.loads((RESULTS / "benchmarks.json").read_text())["comparisons"]
        check(measured, {one["what"]: one["faster"] for one in recorded})
        return
    latency.main()
    write_atomically(RESULTS / "benchmarks.json", json.dumps(as_json(measured, describe_machine()), indent=2) + "\n")
    write_atomically(RESULTS / "benchmarks.md", tables_as_markdown(measured))
    write_documents(RESULTS.parent)


if __name__ == "__main__":
    sys.exit(main())
