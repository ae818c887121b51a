"""Training: what is written, and going on after a kill."""

import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Literal

import keras
import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

from ecg.atomic_files import read_json
from ecg.data.beat_table import BeatTable
from ecg.errors import InputError
from ecg.networks import architectures
from ecg.networks.hyperparameters import Hyperparameters
from ecg.networks.inputs import INPUTS
from ecg.training.checkpoints import ResumePoint
from ecg.training.config import NetworkRun
from ecg.training.fit import BEST_WEIGHTS, LOCK, BeatBatches, fit, one_hot
from tests.builders import PROJECT, train_here, without_graphs

EPOCHS = 5
Schedule = Literal["plateau", "cosine"]


def run_of(schedule: Schedule, epochs: int = EPOCHS) -> NetworkRun:
    hyperparameters = Hyperparameters(epochs=epochs, batch_size=100, schedule=schedule, patience=3)
    return NetworkRun(
        "no_core", "intra_patient", "kaggle_beat", 3, "of no importance", smoke=True, hyperparameters=hyperparameters
    )


def train(run: NetworkRun, beats: BeatTable, folder: Path, graphs: bool = False) -> keras.Model:
    with nullcontext() if graphs else without_graphs():
        return fit(run, beats.part("intra_patient", "train"), beats.part("intra_patient", "val"), folder, "test")


class KilledError(Exception):
    """Stands in for the end of the process."""


@pytest.mark.parametrize("schedule", ["plateau", "cosine"])
def test_an_interrupted_run_ends_like_an_uninterrupted_one(
    schedule: Schedule, few_beats: BeatTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights, learning rates and the memory of the callbacks are all the same."""
    whole = train(run_of(schedule), few_beats, tmp_path / "whole", graphs=True)
    original = ResumePoint.on_epoch_begin

    def killed_in_epoch(last: int) -> None:
        def on_epoch_begin(self: ResumePoint, epoch: int, logs: dict[str, float] | None = None) -> None:
            if epoch == last:
                raise KilledError
            original(self, epoch, logs)

        monkeypatch.setattr(ResumePoint, "on_epoch_begin", on_epoch_begin)

    for last in (0, 1, 2):
        killed_in_epoch(last)
        with pytest.raises(KilledError):
            train(run_of(schedule), few_beats, tmp_path / "parts", graphs=True)
    monkeypatch.undo()
    parts = train(run_of(schedule), few_beats, tmp_path / "parts", graphs=True)

    history_whole, history_parts = (
        pd.read_csv(tmp_path / name / "history.csv").drop(columns="seconds") for name in ("whole", "parts")
    )
    pd.testing.assert_frame_equal(history_whole, history_parts, rtol=1e-5)
    for one, other in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_callbacks_remember(few_beats: BeatTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResumePoint, "keep_best", lambda self, target: None)
    with pytest.raises(FileNotFoundError):  # the best weights stay where they are
        train(run_of("plateau", epochs=3), few_beats, tmp_path)
    state = read_json(tmp_path / ResumePoint.FOLDER / "state.json")
    history = pd.DataFrame(state["history"])
    assert state["finished"]
    assert state["callbacks"]["EarlyStopping"]["best"] == history["val_macro_f1"].max()
    assert state["callbacks"]["ModelCheckpoint"]["best"] == history["val_macro_f1"].max()
    assert state["callbacks"]["ReduceLROnPlateau"]["best"] == history["val_loss"].min()
    best_epoch = history["val_macro_f1"].to_numpy().argmax() + 1
    assert state["best"] == ResumePoint.BEST_PATTERN.format(epoch=best_epoch)
    assert len(list((tmp_path / ResumePoint.FOLDER).iterdir())) == 3  # the newest, the best, and the state


def test_a_finished_run_is_not_trained_again(few_beats: BeatTable, tmp_path: Path) -> None:
    first = train(run_of("cosine", epochs=1), few_beats, tmp_path)
    written = (tmp_path / BEST_WEIGHTS).stat().st_mtime_ns
    again = train(run_of("cosine", epochs=1), few_beats, tmp_path)
    assert (tmp_path / BEST_WEIGHTS).stat().st_mtime_ns == written
    for one, other in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_run_with_other_settings_is_refused(few_beats: BeatTable, tmp_path: Path) -> None:
    train(run_of("cosine", epochs=1), few_beats, tmp_path)
    with pytest.raises(InputError, match="holds a run with other settings"):
        train(replace(run_of("cosine", epochs=1), seed=4), few_beats, tmp_path)


def test_a_run_of_another_architecture_is_refused(
    few_beats: BeatTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(run_of("cosine", epochs=1), few_beats, tmp_path)
    monkeypatch.setattr(architectures, "CHANNELS", 32)
    with pytest.raises(InputError, match="or another architecture"):
        train(run_of("cosine", epochs=1), few_beats, tmp_path)


def test_a_run_that_another_process_trains_is_refused(few_beats: BeatTable, tmp_path: Path) -> None:
    with FileLock(tmp_path / LOCK), pytest.raises(InputError, match="is being trained by another process"):
        train(run_of("cosine", epochs=1), few_beats, tmp_path)
    train(run_of("cosine", epochs=1), few_beats, tmp_path)


def test_a_run_writes_down_where_it_comes_from(few_beats: BeatTable, tmp_path: Path) -> None:
    train(run_of("plateau", epochs=1), few_beats, tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "best.weights.h5",
        "config.json",
        "history.csv",
        "lock",
        "provenance.json",
    ]
    provenance = read_json(tmp_path / "provenance.json")
    assert provenance["seed"] == 3
    assert provenance["smoke"] is True
    assert provenance["versions"]["keras"] == keras.__version__
    assert provenance["training"]["beats"] == len(few_beats.part("intra_patient", "train").labels)
    assert "208" in provenance["training"]["records"]


def test_a_killed_process_goes_on(tmp_path: Path) -> None:
    """A kill -9 in mid-training; after which the same command ends as if nothing had been."""
    options = ["--smoke", "--arch", "no_core", "--epochs", "60", "--out", str(tmp_path)]
    folder = tmp_path / "runs" / "intra_patient" / "no_core" / "seed0"
    state = folder / ResumePoint.FOLDER / "state.json"
    command = [sys.executable, "train.py", *options]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not state.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    before = read_json(state)
    assert not before["finished"]
    done = len(before["history"])
    train_here(*options)
    history = pd.read_csv(folder / "history.csv")
    assert done < len(history) <= 60
    assert history["epoch"].tolist() == list(range(1, len(history) + 1))
    pd.testing.assert_frame_equal(history[:done], pd.DataFrame(before["history"])[list(history)], check_dtype=False)


def test_batches_depend_on_seed_and_epoch_alone(generated: BeatTable) -> None:
    def first_batch(seed: int, epoch: int, passed: int) -> np.ndarray:
        inputs = INPUTS["context"](generated)
        batches = BeatBatches(inputs, one_hot(generated.labels), Hyperparameters(batch_size=64, mixup=0.2), seed)
        batches.go_to_epoch(epoch)
        for _ in range(passed):
            batches.on_epoch_end()
        given = batches[0][0]
        assert isinstance(given, dict)
        return given["beat"]

    np.testing.assert_array_equal(first_batch(1, 0, passed=3), first_batch(1, 3, passed=0))
    assert (first_batch(1, 0, 0) != first_batch(2, 0, 0)).any()
    assert (first_batch(1, 0, 0) != first_batch(1, 1, 0)).any()


def test_an_epoch_holds_every_beat_once(generated: BeatTable) -> None:
    numbers = np.arange(len(generated.labels), dtype=np.float32)[:, np.newaxis]
    batches = BeatBatches({"beat": generated.beats}, numbers, Hyperparameters(batch_size=100, mixup=0), 0)
    seen = np.concatenate([batches[index][1] for index in range(len(batches))])
    assert sorted(seen[:, 0]) == numbers[:, 0].tolist()


def test_mixed_beats_have_targets_mixed_alike(generated: BeatTable) -> None:
    """Inputs that are their own targets stay so; and each is blended with one other."""
    targets = one_hot(generated.labels)
    inputs = {"beat": np.stack([targets, targets], axis=2), "rhythm": targets}
    batches = BeatBatches(inputs, targets, Hyperparameters(batch_size=100, mixup=0.2), 0)
    for index in range(len(batches)):
        given, mixed = batches[index]
        assert isinstance(given, dict)
        np.testing.assert_array_equal(given["rhythm"], mixed)
        np.testing.assert_array_equal(given["beat"], np.stack([mixed, mixed], axis=2))
        np.testing.assert_allclose(mixed.sum(axis=1), 1, rtol=1e-6)
        assert ((mixed > 0).sum(axis=1) <= 2).all()
    assert ((mixed > 0).sum(axis=1) == 2).any()
