"""Measure how long the shipped models take to classify one beat and a whole record, side by side.

    python benchmarks/latency.py      # or: make bench; one minute, on a machine that does nothing else

Writes results/intra_patient/latency.csv: medians in milliseconds, and the size of the file that is served. The models take
turns, so that whatever else the machine does hits them alike.
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))

from ecg.classifier import Model, load_models
from ecg.files import write_atomically
from ecg.synthetic import generate_corpus

MODELS = PROJECT / "models" / "intra_patient"
RESULT = PROJECT / "results" / "intra_patient" / "latency.csv"
RECORD = 2280
"""Beats of a record of half an hour, on average."""


def milliseconds(models: dict[str, Model], beats: np.ndarray, rounds: int) -> dict[str, float]:
    """Measure how long each model takes.

    Parameters
    ----------
    models : dict of str to Model
        The models.
    beats : ndarray of float32, shape (n, 187)
        What they classify, all at once.
    rounds : int
        How often each does.

    Returns
    -------
    dict of str to float
        Median time of each model, in milliseconds.
    """
    times: dict[str, list[float]] = {name: [] for name in models}
    for number in range(rounds + 1):
        for name, model in models.items():
            started = time.perf_counter()
            model.classify(beats)
            if number:  # the first round warms up
                times[name].append(1000 * (time.perf_counter() - started))
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> None:
    """Measure and write the table."""
    models = load_models(MODELS)
    generated = generate_corpus().beats
    beats = np.tile(generated, (-(-RECORD // len(generated)), 1))[:RECORD]
    one, record = milliseconds(models, beats[:1], rounds=300), milliseconds(models, beats, rounds=10)
    table = pd.DataFrame(
        [
            {
                "model": model.title,
                "file (MB)": (MODELS / name / "model.onnx").stat().st_size / 1e6,
                "one beat (ms)": one[name],
                "a record (ms)": record[name],
            }
            for name, model in models.items()
        ]
    )
    write_atomically(RESULT, table.to_csv(index=False))
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
