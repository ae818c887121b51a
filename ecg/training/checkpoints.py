"""Let a killed training run go on from its last finished epoch, with the memory of every callback."""

import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import pandas as pd
from keras import callbacks

from ecg.atomic_files import read_json, write_atomically, write_json

REMEMBERED = {
    "EarlyStopping": ("wait", "best", "best_epoch", "stopped_epoch"),
    "ReduceLROnPlateau": ("wait", "best", "cooldown_counter"),
    "ModelCheckpoint": ("best",),
}
"""The attributes in which Keras's callbacks keep what they have seen."""


class ResumePoint(callbacks.Callback):
    """Writes down after every epoch all that is needed to go on from there.

    The checkpoint of an epoch (weights, optimizer) and that of the best epoch so far are files of their own; ``state.json``,
    replaced atomically, says which of them count, and holds the rest: the memory of the callbacks and the random states.
    A run killed in the middle of writing goes on from the epoch before. The callback must stand behind the callbacks whose
    memory it keeps.

    Checkpoints are Keras's ZIP files, also of the best weights: those are put together in memory, whereas HDF5 crashes where
    the disk is full.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    watchers : sequence of Callback
        The callbacks whose state is kept.
    epochs : int
        Number of epochs after which the run is finished.

    Attributes
    ----------
    history : list of dict
        Metrics of each finished epoch.
    finished : bool
        Whether there is nothing left to train.
    """

    FOLDER = "checkpoints"
    BEST_PATTERN = "best-{epoch:03d}.keras"

    def __init__(self, folder: Path, watchers: Sequence[callbacks.Callback], epochs: int) -> None:
        super().__init__()
        self._run_folder = folder
        self._folder = folder / self.FOLDER
        self._watchers = {type(watcher).__name__: watcher for watcher in watchers}
        self._epochs = epochs
        self._memory: dict[str, dict[str, Any]] = {}
        self._best = ""
        self._epoch_started = 0.0
        self.history: list[dict[str, float]] = []
        self.finished = False

    @property
    def epochs_done(self) -> int:
        """Number of finished epochs."""
        return len(self.history)

    def restore(self) -> keras.Model | None:
        """Take up the state of an earlier run, if there is one.

        Returns
        -------
        keras.Model or None
            The model as it was after the last finished epoch, compiled; None if no epoch has been finished.
        """
        state_file = self._folder / "state.json"
        if not state_file.exists():
            self._delete_all_but()
            return None
        state = read_json(state_file)
        self._delete_all_but(state_file.name, state["checkpoint"], state["best"])
        self.history = state["history"]
        self.finished = state["finished"]
        self._memory = state["callbacks"]
        self._best = state["best"]
        model = keras.saving.load_model(self._folder / state["checkpoint"])
        for variable, value in zip(_random_states(model), state["random_states"], strict=True):
            variable.assign(value)
        return model

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Give the callbacks their memory back; they have just been reset."""
        for name, attributes in self._memory.items():
            for attribute, value in attributes.items():
                setattr(self._watchers[name], attribute, value)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the clock."""
        self._epoch_started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the checkpoint, and then the state that makes it count."""
        seconds = time.monotonic() - self._epoch_started
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        metrics = {name: float(value) for name, value in (logs or {}).items()}
        self.history.append({"epoch": epoch + 1, **metrics, "learning_rate": rate, "seconds": seconds})
        self.finished = self.model.stop_training or epoch + 1 == self._epochs
        newest = self._folder / self.BEST_PATTERN.format(epoch=epoch + 1)
        self._best = newest.name if newest.exists() else self._best
        checkpoint = self._folder / f"epoch-{epoch + 1:03d}.keras"
        self.model.save(checkpoint)
        state = {
            "history": self.history,
            "finished": self.finished,
            "checkpoint": checkpoint.name,
            "best": self._best,
            "random_states": [keras.ops.convert_to_numpy(variable).tolist() for variable in _random_states(self.model)],
            "callbacks": {name: self._remember(name) for name in self._watchers},
        }
        # first, so that no epoch is missing from it if the run is killed here after the last one
        write_atomically(self._run_folder / "history.csv", pd.DataFrame(self.history).to_csv(index=False))
        write_json(self._folder / "state.json", state)
        self._delete_all_but("state.json", checkpoint.name, self._best)

    def keep_best(self, target: Path) -> None:
        """Take the best weights out of their checkpoint.

        Parameters
        ----------
        target : Path
            Where the weights go; the file's being there is what says that the run is finished.
        """
        with zipfile.ZipFile(self._folder / self._best) as best:
            write_atomically(target, best.read("model.weights.h5"))

    def _delete_all_but(self, *names: str) -> None:
        """Delete what does not count, such as the half of a file of a run that was killed."""
        for file in self._folder.glob("*"):
            if file.name not in names:
                file.unlink()

    def _remember(self, name: str) -> dict[str, Any]:
        return {attribute: getattr(self._watchers[name], attribute) for attribute in REMEMBERED[name]}


def _random_states(model: keras.Model) -> list[keras.Variable]:
    """Return the variables from which dropout draws; Keras does not save them with a model."""
    return [variable for variable in model.variables if variable.path.endswith("seed_generator_state")]
