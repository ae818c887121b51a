"""Train the networks of the notebook from which this project started, and measure them on the validation beats.

    python -m benchmarks.notebook                          # until they stop improving: some hours on 2 cores
    python -m benchmarks.notebook --arch cnn --minutes 5   # or until the time is up; the other rows are kept
    KERAS_BACKEND=jax python -m benchmarks.notebook        # where JAX has a graphics card: about a minute an epoch

They read the beat as 187 single samples. They are trained on the training beats of the intra-patient protocol and measured on
its validation beats, never on the test beats. Writes results/notebook.csv: a row for each network, and beside it the mean of
the seeds of the architecture that replaces it.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from keras import layers

from ecg.atomic_files import write_atomically
from ecg.classes import LABELS
from ecg.data.beat_sources import read_mitdb_beats
from ecg.data.beat_table import BeatTable
from ecg.errors import explain_input_errors
from ecg.evaluation.metrics import score
from ecg.evaluation.run_result import read_run_results
from ecg.networks.registry import TITLES
from ecg.signal.kaggle_beat import BEAT_LENGTH

EPOCHS = 50
PATIENCE = 5
"""Epochs without a lower validation loss after which training stops; the best epoch counts."""
LEARNING_RATE = 1e-3
PROJECT = Path(__file__).parents[1]
RESULT = PROJECT / "results" / "notebook.csv"


@dataclass(frozen=True)
class Network:
    """A network of the notebook.

    Attributes
    ----------
    layers : callable
        Maps the beat, shape (n, 187, 1), to the features before the probabilities.
    batch_size : int
        Beats in a step.
    """

    layers: Callable[[keras.KerasTensor], keras.KerasTensor]
    batch_size: int = 32


def build(architecture: str) -> keras.Model:
    """Build an untrained network of `NETWORKS`, compiled as in the notebook: beats (n, 187, 1) to probabilities (n, 5)."""
    beat = keras.Input((BEAT_LENGTH, 1))
    probabilities = layers.Dense(len(LABELS), activation="softmax")(NETWORKS[architecture].layers(beat))
    model = keras.Model(beat, probabilities)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    compiled = keras.config.backend() != "tensorflow"  # not in the notebook, but JAX is very slow without
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"], jit_compile=compiled)
    return model


def _simple_rnn(beat: keras.KerasTensor) -> keras.KerasTensor:
    sequence = layers.SimpleRNN(128, return_sequences=True)(beat)
    features = layers.Dense(64, activation="relu")(layers.Flatten()(layers.Attention()([sequence, sequence])))
    return layers.Dropout(0.5)(features)


def _cnn(beat: keras.KerasTensor) -> keras.KerasTensor:
    for channels in (64, 128):
        beat = layers.MaxPooling1D(2)(layers.Conv1D(channels, 3, activation="relu")(beat))
        beat = layers.Dropout(0.2)(beat)
    return layers.Dropout(0.2)(layers.Dense(128, activation="relu")(layers.Flatten()(beat)))


def _lstm(beat: keras.KerasTensor) -> keras.KerasTensor:
    sequence = layers.Dropout(0.2)(layers.LSTM(128, return_sequences=True)(beat))
    return layers.Dropout(0.2)(layers.LSTM(64)(sequence))


def _gru(beat: keras.KerasTensor) -> keras.KerasTensor:
    sequence = layers.Dropout(0.3)(layers.GRU(64, return_sequences=True, activation="relu")(beat))
    features = layers.Dropout(0.3)(layers.GRU(128, activation="relu")(sequence))
    return layers.Dropout(0.3)(layers.Dense(128, activation="relu")(features))


NETWORKS: dict[str, Network] = {
    "simple_rnn": Network(_simple_rnn, batch_size=64),
    "cnn": Network(_cnn),
    "lstm": Network(_lstm),
    "gru": Network(_gru),
}
"""The networks by name of the architecture that replaces them."""


class Deadline(keras.callbacks.Callback):
    """Stops training after the epoch in which the time is up; then ``over`` is true."""

    def __init__(self, minutes: float) -> None:
        super().__init__()
        self._end = time.monotonic() + 60 * minutes
        self.over = False

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Check the time."""
        self.over = not self.model.stop_training and time.monotonic() > self._end
        self.model.stop_training = self.model.stop_training or self.over


def evaluate(architecture: str, parts: dict[str, BeatTable], minutes: float) -> dict[str, Any]:
    """Train a network for at most so many minutes and classify the validation beats; return a row of results/notebook.csv."""
    keras.utils.set_random_seed(0)
    model, (train, validation) = build(architecture), (parts["train"], parts["val"])
    deadline = Deadline(minutes)
    epochs = model.fit(
        train.beats[..., None],
        keras.utils.to_categorical(train.labels, len(LABELS)),
        batch_size=NETWORKS[architecture].batch_size,
        epochs=EPOCHS,
        validation_data=(validation.beats[..., None], keras.utils.to_categorical(validation.labels, len(LABELS))),
        callbacks=[keras.callbacks.EarlyStopping(patience=PATIENCE, restore_best_weights=True), deadline],
        verbose=2,
    ).epoch
    scores = score(validation.labels, model.predict(validation.beats[..., None], verbose=0))
    run_results = read_run_results(PROJECT / "results" / "intra_patient")
    ours = [run_result.facts["validation"] for run_result in run_results if run_result.model == architecture]
    return {
        "model": TITLES[architecture],
        "notebook: epochs": len(epochs),
        "notebook: still improving": deadline.over,
        "notebook: accuracy": scores.accuracy,
        "notebook: macro-F1": scores.macro_f1,
        "ours: seeds": len(ours),
        "ours: accuracy": float(np.mean([one["accuracy"] for one in ours])),
        "ours: macro-F1": float(np.mean([one["macro_f1"] for one in ours])),
    }


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Train the networks and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mitdb", metavar="DIR", help="folder of the MIT-BIH records")
    parser.add_argument("--arch", nargs="+", choices=NETWORKS, default=list(NETWORKS), metavar="NAME", help="default: all")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="at most for each; default: no limit")
    options = parser.parse_args(arguments)
    parts = read_mitdb_beats(options.mitdb).parts("intra_patient")
    rows: list[dict[Any, Any]] = pd.read_csv(RESULT).to_dict("records") if RESULT.exists() else []
    for name in options.arch:  # the table is written after each network, because some take hours
        row = evaluate(name, parts, options.minutes)
        rows = [*(other for other in rows if other["model"] != row["model"]), row]
        table = pd.DataFrame(rows).round(4)
        write_atomically(RESULT, table.to_csv(index=False))
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
