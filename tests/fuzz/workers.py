"""Child processes that read inputs, and a parent that ends those that hang and replaces those that die."""

import multiprocessing
import resource
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from coverage import Coverage

from tests.fuzz.reach import MODULES
from tests.fuzz.seeds import Case
from tests.fuzz.trial import Outcome, attempt

HANG = 60
"""Seconds after which a worker is ended; long, since other work may keep the machine busy."""
ADDRESS_SPACE = 8_000_000_000
"""Bytes, so that a failure of ours does not bring down the machine."""
AT_ONCE = 500
"""Inputs that are in the making."""


class Workers:
    """Child processes that read inputs.

    Parameters
    ----------
    count : int
        How many.
    coverage_of : Path, optional
        A folder in which each leaves a file of `coverage` that says which lines it ran.
    """

    def __init__(self, count: int, coverage_of: Path | None = None) -> None:
        self._coverage_of = coverage_of
        self._mine = threading.local()
        self._all: list[_Worker] = []
        self._threads = ThreadPoolExecutor(count)

    def close(self) -> None:
        """Let the processes end."""
        self._threads.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.end()

    def read(self, cases: Iterable[Case]) -> Iterator[tuple[Case, Outcome]]:
        """Read many inputs.

        Parameters
        ----------
        cases : iterable of Case
            The inputs.

        Yields
        ------
        tuple of Case and Outcome
            Each input, in the order given, and how it ended.
        """
        waiting = []
        for case in cases:
            waiting.append((case, self._threads.submit(self._read, case)))
            if len(waiting) == AT_ONCE:
                first, outcome = waiting.pop(0)
                yield first, outcome.result()
        for case, outcome in waiting:
            yield case, outcome.result()

    def _read(self, case: Case) -> Outcome:
        worker: _Worker | None = getattr(self._mine, "worker", None)
        if worker is None or not worker.alive:
            worker = self._mine.worker = _Worker(self._coverage_of)
            self._all.append(worker)
        return worker.read(case)


class _Worker:
    def __init__(self, coverage_of: Path | None) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_work, args=(there, coverage_of), daemon=True)
        self._process.start()
        there.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def read(self, case: Case) -> Outcome:
        try:
            self._here.send(case)
            if self._here.poll(HANG):
                return self._here.recv()
            self._process.kill()
            return Outcome("hang", f"no answer within {HANG} s", parsed=True)
        except (EOFError, OSError):
            self._process.join()
            return Outcome("dead worker", f"the process ended with status {self._process.exitcode}", parsed=True)

    def end(self) -> None:
        with suppress(OSError):
            self._here.send(None)
        self._process.join(HANG)


def _work(parent: Connection, coverage_of: Path | None) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    measured = (
        Coverage(data_file=coverage_of / "fuzz", data_suffix=True, include=MODULES, messages=False) if coverage_of else None
    )
    while (case := parent.recv()) is not None:
        if measured:
            measured.start()
        outcome = attempt(case)
        if measured:
            measured.stop()
            outcome = attempt(case) if outcome.verdict == "slow" else outcome  # measuring takes its time
        parent.send(outcome)
    if measured:
        measured.save()
