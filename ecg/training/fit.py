"""Fit one architecture to the training beats of one protocol."""

import hashlib
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import callbacks, optimizers

from ecg.atomic_files import naming, read_json, write_json
from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.errors import InputError
from ecg.networks import architectures
from ecg.networks.hyperparameters import Hyperparameters
from ecg.networks.inputs import INPUTS, Inputs, for_keras
from ecg.processes import exclusive
from ecg.training.checkpoints import ResumePoint
from ecg.training.config import NetworkRun
from ecg.training.progress_bar import Progress
from ecg.training.provenance import describe_environment
from ecg.training.rr_augmentation import augment_rr

BEST_WEIGHTS = "best.weights.h5"
LOCK = "lock"
MONITOR = "val_macro_f1"
VALIDATION_BATCH = 1024


def fit(run: NetworkRun, train: BeatTable, validation: BeatTable | None, folder: Path, title: str) -> keras.Model:
    """Train a model, or continue an interrupted run of the same settings.

    Parameters
    ----------
    run : NetworkRun
        Settings of the training.
    train : BeatTable
        The training beats.
    validation : BeatTable or None
        Beats that decide when to stop and which epoch is best. Without them the last epoch is the best.
    folder : Path
        Folder of the run: ``config.json``, ``provenance.json``, ``history.csv``, checkpoints and, when it is finished,
        ``best.weights.h5``.
    title : str
        Name of the run in the progress bar.

    Returns
    -------
    keras.Model
        The model of the best epoch, not compiled.

    Raises
    ------
    InputError
        If the folder holds a run of other settings, data or layers, or if another process is training it.
    """
    augmented = train
    if "rhythm" in INPUTS[run.inputs](train):
        augmented = augment_rr(train, run.hyperparameters.rr_augmentation, run.seed)
    inputs = INPUTS[run.inputs](augmented)
    model = _build(run, inputs)
    folder.mkdir(parents=True, exist_ok=True)
    refusal = f"{folder} is being trained by another process. Wait for it, or choose another --out."
    with exclusive(folder / LOCK, refusal):
        _claim(folder, run, model, train, validation)
        best = folder / BEST_WEIGHTS
        if not best.exists():
            batches = BeatBatches(inputs, one_hot(augmented.labels), run.hyperparameters, run.seed)
            held_out = (for_keras(INPUTS[run.inputs](validation)), one_hot(validation.labels)) if validation else None
            with naming(folder):
                _train(model, run.hyperparameters, batches, held_out, folder, title)
            model = _build(run, inputs)  # the trained one still has its optimizer
        model.load_weights(best)
        shutil.rmtree(folder / ResumePoint.FOLDER, ignore_errors=True)
        return model


def _build(run: NetworkRun, training: Inputs) -> keras.Model:
    keras.utils.clear_session()  # gives the layers the same names whatever was built before
    keras.utils.set_random_seed(run.seed)
    return architectures.build(run.architecture, training)


def _train(
    model: keras.Model,
    hyperparameters: Hyperparameters,
    batches: "BeatBatches",
    held_out: tuple[Inputs | np.ndarray, np.ndarray] | None,
    folder: Path,
    title: str,
) -> None:
    watchers = _watchers(hyperparameters, folder / ResumePoint.FOLDER / ResumePoint.BEST_PATTERN, watch=held_out is not None)
    resume_point = ResumePoint(folder, watchers, hyperparameters.epochs)
    trainee = resume_point.restore()
    if trainee is None:
        trainee = model
        compile_model(trainee, hyperparameters, len(batches))
    if not resume_point.finished:
        batches.go_to_epoch(resume_point.epochs_done)
        trainee.fit(
            batches,
            epochs=hyperparameters.epochs,
            initial_epoch=resume_point.epochs_done,
            validation_data=held_out,
            validation_batch_size=VALIDATION_BATCH,
            shuffle=False,  # BeatBatches shuffles
            callbacks=[*watchers, resume_point, Progress(title, resume_point.history, hyperparameters.epochs)],
            verbose=0,
        )
    resume_point.keep_best(folder / BEST_WEIGHTS)


def _watchers(hyperparameters: Hyperparameters, best: Path, watch: bool) -> list[callbacks.Callback]:
    checkpoint = callbacks.ModelCheckpoint(str(best), monitor=MONITOR, mode="max", save_best_only=watch)
    if not watch:
        return [checkpoint]
    watchers = [callbacks.EarlyStopping(monitor=MONITOR, mode="max", patience=hyperparameters.patience), checkpoint]
    if hyperparameters.schedule == "plateau":
        watchers.append(callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.3, patience=2, min_lr=1e-5))
    return watchers


def compile_model(model: keras.Model, hyperparameters: Hyperparameters, steps: int) -> None:
    """Give a model its optimizer and its loss; the schedule spans ``hyperparameters.epochs * steps`` steps."""
    rate: float | optimizers.schedules.LearningRateSchedule = hyperparameters.learning_rate
    if hyperparameters.schedule == "cosine":
        warmup = hyperparameters.epochs * steps // 20
        rate = optimizers.schedules.CosineDecay(
            0.0, hyperparameters.epochs * steps - warmup, warmup_target=hyperparameters.learning_rate, warmup_steps=warmup
        )
    model.compile(
        optimizer=optimizers.Adam(rate, weight_decay=hyperparameters.weight_decay, clipnorm=1.0),
        loss="categorical_crossentropy",
        metrics=["accuracy", keras.metrics.F1Score(average="macro", name="macro_f1")],
        jit_compile=False,  # with XLA an epoch of these models takes up to 2.7 times as long on a CPU
    )


class BeatBatches(keras.utils.PyDataset):
    """Training batches that depend only on the hyperparameters, the seed and the epoch.

    Parameters
    ----------
    inputs : dict of str to ndarray
        Inputs of the n training beats.
    targets : ndarray of float32, shape (n, 5)
        Their classes, one-hot.
    hyperparameters : Hyperparameters
        Its batch size (the last batch of an epoch may be smaller) and mixup are used.
    seed : int
        Seed of the run.
    """

    def __init__(self, inputs: Inputs, targets: np.ndarray, hyperparameters: Hyperparameters, seed: int) -> None:
        super().__init__()
        self._inputs, self._targets, self._hyperparameters, self._seed = inputs, targets, hyperparameters, seed
        self.go_to_epoch(0)

    def __len__(self) -> int:
        """Return the number of batches of an epoch."""
        return -(-len(self._targets) // self._hyperparameters.batch_size)

    def __getitem__(self, index: int) -> tuple[Inputs | np.ndarray, np.ndarray]:
        """Return the inputs and targets of one batch."""
        batch = slice(index * self._hyperparameters.batch_size, (index + 1) * self._hyperparameters.batch_size)
        inputs = {name: self._mixed(values, batch) for name, values in self._inputs.items()}
        return for_keras(inputs), self._mixed(self._targets, batch)

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self.go_to_epoch(self._epoch + 1)

    def go_to_epoch(self, epoch: int) -> None:
        """Shuffle for an epoch, counted from 0."""
        self._epoch = epoch
        generator, n = np.random.default_rng([self._seed, epoch]), len(self._targets)
        self._order, self._partners = generator.permutation(n), generator.permutation(n)
        mixup = self._hyperparameters.mixup
        self._share = generator.beta(mixup, mixup, (n, 1)).astype(np.float32) if mixup else np.ones((n, 1), np.float32)

    def _mixed(self, values: np.ndarray, batch: slice) -> np.ndarray:
        share = self._share[batch].reshape(-1, *[1] * (values.ndim - 1))
        return np.asarray(share * values[self._order[batch]] + (1 - share) * values[self._partners[batch]])


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Return class indices, shape (n,), one-hot as float32, shape (n, 5)."""
    return np.eye(len(LABELS), dtype=np.float32)[labels]


def _claim(folder: Path, run: NetworkRun, model: keras.Model, train: BeatTable, validation: BeatTable | None) -> None:
    config = folder / "config.json"
    settings = {**asdict(run), "model_sha256": hashlib.sha256(model.to_json().encode()).hexdigest()}
    if config.exists() and read_json(config) != settings:
        raise InputError(
            f"{folder} holds a run with other settings, other data or another architecture (see its config.json). Delete it "
            "to train anew, or choose another --out."
        )
    write_json(config, settings)
    provenance = folder / "provenance.json"
    if not provenance.exists():
        parts = {"training": train.describe(), "validation": validation and validation.describe()}
        cores = tf.config.threading.get_intra_op_parallelism_threads() or os.cpu_count()
        write_json(provenance, {**settings, **describe_environment(), "training_cores": cores, **parts})
