"""Time contestants side by side, and hold what was measured against its goal."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Timing:
    """How long something took, each time.

    Attributes
    ----------
    seconds : tuple of float
        One figure a repetition, without those that warmed up.
    """

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
    """What was measured of ours and of what it is held against, in one run.

    Attributes
    ----------
    what : str
        What is done; no other comparison has the same words.
    against : str
        What it is held against.
    ours, theirs : Timing
        How long each took.
    goal : float
        How many times faster ours is to be, at least.
    conditions : str
        Threads, batch, warm or cold.
    limit : float or None
        Seconds that the machine itself would need, at the least: bytes at the speed they can be read, multiply-adds at the
        measured peak. None where there is no such bound.
    limit_of : str
        What that bound is made of.
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
        """How many times faster ours is, by the medians."""
        return self.theirs.median / self.ours.median


@dataclass(frozen=True)
class Bound:
    """A figure that is to stay below a limit.

    Attributes
    ----------
    what : str
        What was measured; no other bound has the same words.
    value, goal : float
        The figure, and the highest that is wanted.
    unit : str
        Unit of both.
    """

    what: str
    value: float
    goal: float
    unit: str


def side_by_side(contestants: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1) -> dict[str, Timing]:
    """Time contestants, who take turns, so that whatever else the machine does hits them alike.

    Parameters
    ----------
    contestants : mapping of str to callable
        What each does.
    rounds : int
        How often each is timed.
    warm_up : int, default 1
        How often each does it before it is timed.

    Returns
    -------
    dict of str to Timing
        How long each took.
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
    """Run a benchmark in this process.

    Parameters
    ----------
    benchmark : str
        Name of a module of this package.
    quick : bool
        Whether a few repetitions do.

    Returns
    -------
    list of Comparison or Bound
        What it measured.
    """
    measured: list[Comparison | Bound] = import_module(f"benchmarks.{benchmark}").measure(quick)
    return measured
