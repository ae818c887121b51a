"""Time contestants side by side, and compare measurements with goals."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Timing:
    """Seconds of each repetition, without warm-up."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Median, in seconds."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> tuple[float, float]:
        """Fastest and slowest, in seconds."""
        return min(self.seconds), max(self.seconds)


@dataclass(frozen=True)
class Comparison:
    """The time of ours and of what it is compared with, in one run.

    Attributes
    ----------
    what : str
        What is done; unique among the comparisons.
    against : str
        What it is compared with.
    ours, theirs : Timing
        Their times.
    goal : float
        Wanted ratio of their time to ours.
    conditions : str
        Threads, batch, warm or cold.
    limit : float or None
        Least seconds that the machine itself needs: bytes at the speed of reading, multiply-adds at the measured peak. None
        where there is no such limit.
    limit_of : str
        What the limit consists of.
    """

    what: str
    against: str
    ours: Timing
    theirs: Timing
    goal: float
    conditions: str
    limit: float | None = None
    limit_of: str = ""

    @property
    def faster(self) -> float:
        """Ratio of the medians, theirs to ours."""
        return self.theirs.median / self.ours.median


@dataclass(frozen=True)
class Bound:
    """A measured value and the highest value that is wanted, in a unit; ``what`` is unique among the bounds."""

    what: str
    value: float
    goal: float
    unit: str


def side_by_side(contestants: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1) -> dict[str, Timing]:
    """Time contestants in turns, so that other load of the machine affects them equally.

    Parameters
    ----------
    contestants : mapping of str to callable
        The work of each.
    rounds, warm_up : int
        Timed and untimed repetitions.

    Returns
    -------
    dict of str to Timing
        Their times.
    """
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(warm_up + rounds):
        for name, work in contestants.items():
            started = time.perf_counter()
            work()
            if number >= warm_up:
                taken[name].append(time.perf_counter() - started)
    return {name: Timing(tuple(seconds)) for name, seconds in taken.items()}


def run(benchmark: str, quick: bool) -> list[Comparison | Bound]:
    """Run a benchmark, a module of this package, in this process."""
    measured: list[Comparison | Bound] = import_module(f"benchmarks.{benchmark}").measure(quick)
    return measured
