"""Measure how time and memory of classification grow with the number of beats."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.classification import MODELS, some_beats
from benchmarks.measuring import Bound, Comparison, side_by_side
from ecg.inference.classifier import Model, load_models
from ecg.networks.inputs import Inputs

COUNTS = (1_000, 10_000, 100_000)
MOST = 1_000_000
"""Number of beats for the cheapest model."""
MEGABYTES = 32
"""Greatest memory beyond the output, in MB: that of the batches of all threads, whatever the number of beats."""


def peak_of(work: Callable[[], object]) -> int:
    """Return how many bytes more than before the process holds at its peak during some work; Linux only."""
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    before = _held("VmRSS")
    work()
    return _held("VmHWM") - before


def measure(quick: bool) -> list[Comparison | Bound]:
    """Measure each model on increasing numbers of beats; fewer if ``quick``."""
    models = load_models(MODELS)
    cheapest = min(models, key=lambda name: models[name].metrics["mflops"])
    beats = some_beats(COUNTS[1] if quick else MOST)
    measured: list[Comparison | Bound] = []
    all_five = 0.0
    for name, model in models.items():
        counts = COUNTS[:2] if quick else (*COUNTS, MOST) if name == cheapest else COUNTS
        span = f"{counts[0]:,} to {counts[-1]:,} beats by the {model.title}"
        a_beat, beyond = _grow(model, beats, counts)
        slowest_over_fastest = max(a_beat.values()) / min(a_beat.values())
        measured.append(Bound(f"time of a beat, slowest over fastest, {span}", slowest_over_fastest, 1.1, "times"))
        measured.append(Bound(f"memory beyond the output, {span}", beyond / 2**20, MEGABYTES, "MB"))
        all_five += a_beat.get(COUNTS[-1], a_beat[counts[-1]]) * COUNTS[-1]
    return [*measured, Bound("100,000 beats by all five models, one after another", all_five, 60, "s")]


def _grow(model: Model, beats: Inputs, counts: tuple[int, ...]) -> tuple[dict[int, float], int]:
    """Return the seconds for a beat, by number of beats, and the bytes held beyond the output at the greatest number."""
    repetitions = {count: max(COUNTS[1] // count, 1) for count in counts}  # few beats are repeated, because a clock is coarse
    peaks = []

    def work(count: int) -> None:
        for _ in range(repetitions[count]):
            model.classify(**_first(beats, count))

    def measured_work(count: int) -> None:
        peaks.append(peak_of(partial(work, count)))

    output = model.classify(**_first(beats, 1)).nbytes * counts[-1]
    work(counts[0])
    contestants = {str(count): partial(measured_work if count == counts[-1] else work, count) for count in counts}
    timings = side_by_side(contestants, rounds=5, warm_up=0)
    a_beat = {count: timings[str(count)].median / repetitions[count] / count for count in counts}
    return a_beat, max(max(peaks) - output, 0)


def _first(beats: Inputs, count: int) -> Inputs:
    return {name: values[:count] for name, values in beats.items()}


def _held(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))
