"""Measure how long the shipped models take to classify one beat and a whole record.

    python -m benchmarks.latency      # a part of `make bench`; a minute, on an otherwise idle machine

Writes results/<protocol>/latency.csv: medians in milliseconds, and the size of the ONNX file. The models of a protocol take
turns, so that other load of the machine affects them equally.
"""

import statistics
import time
from pathlib import Path

import numpy as np
import pandas as pd

from ecg.atomic_files import write_atomically
from ecg.data.beat_table import BeatTable
from ecg.data.splits import PROTOCOLS
from ecg.data.synthetic_beats import generate_beats
from ecg.inference.classifier import Model, load_models
from ecg.networks.inputs import INPUTS

PROJECT = Path(__file__).parents[1]
RECORD = 2280
"""Mean number of beats in a record of half an hour."""


def milliseconds(models: dict[str, Model], beats: BeatTable, rounds: int) -> dict[str, float]:
    """Return the median time in milliseconds of each model to classify all the beats at once."""
    inputs = {name: INPUTS[model.inputs](beats) for name, model in models.items()}
    times: dict[str, list[float]] = {name: [] for name in models}
    for number in range(rounds + 1):
        for name, model in models.items():
            started = time.perf_counter()
            model.classify(**inputs[name])
            if number:  # the first round warms up
                times[name].append(1000 * (time.perf_counter() - started))
    return {name: statistics.median(taken) for name, taken in times.items()}


def measure(protocol: str, beats: BeatTable) -> pd.DataFrame:
    """Measure the models of a protocol on the beats of a record; one row for each model."""
    folder = PROJECT / "models" / protocol
    models = load_models(folder)
    one, record = milliseconds(models, beats.rows(np.arange(1)), rounds=300), milliseconds(models, beats, rounds=10)
    return pd.DataFrame(
        [
            {
                "model": model.title,
                "file (MB)": (folder / name / "model.onnx").stat().st_size / 1e6,
                "one beat (ms)": one[name],
                "a record (ms)": record[name],
            }
            for name, model in models.items()
        ]
    )


def main() -> None:
    """Measure and write the tables."""
    generated = generate_beats()
    beats = generated.rows(np.arange(RECORD) % len(generated.labels))
    for protocol in PROTOCOLS:
        table = measure(protocol, beats)
        write_atomically(PROJECT / "results" / protocol / "latency.csv", table.to_csv(index=False))
        print(f"{protocol}\n{table.to_string(index=False)}")


if __name__ == "__main__":
    main()
