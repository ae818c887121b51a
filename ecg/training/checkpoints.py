"""Checkpoints: a killed training run continues after its last finished epoch, with the state of every callback."""

import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import pandas as pd
from keras import callbacks

from ecg.atomic_files import read_json, write_atomically, write_json

STATE_OF_CALLBACKS = {
    "EarlyStopping": ("wait", "best", "best_epoch", "stopped_epoch"),
    "ReduceLROnPlateau": ("wait", "best", "cooldown_counter"),
    "ModelCheckpoint": ("best",),
}
"""The attributes in which Keras's callbacks keep their state."""


class ResumePoint(callbacks.Callback):
    """Writes after every epoch what is needed to continue from there.

    The checkpoints of the last epoch (weights, optimizer) and of the best epoch are files of their own. ``state.json``,
    replaced atomically, names the two that count and holds the rest: the state of the callbacks and the random states. A run
    that is killed while it writes continues from the epoch before. Keras must call this callback after the callbacks whose
    state it keeps.

    Checkpoints are Keras's ZIP files, those of the best weights too: they are put together in memory, whereas HDF5 crashes
    when the disk is full.

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
        Whether nothing is left to train.
    """

    FOLDER = "checkpoints"
    BEST_PATTERN = "best-{epoch:03d}.keras"

    def __init__(self, folder: Path, watchers: Sequence[callbacks.Callback], epochs: int) -> None:
        super().__init__()
        self._run_folder = folder
        self._folder = folder / self.FOLDER
        self._watchers = {type(watcher).__name__: watcher for watcher in watchers}
        self._epochs = epochs
        self._callback_states: dict[str, dict[str, Any]] = {}
        self._best = ""
        self._epoch_started = 0.0
        self.history: list[dict[str, float]] = []
        self.finished = False

    @property
    def epochs_done(self) -> int:
        """Number of finished epochs."""
        return len(self.history)

    def restore(self) -> keras.Model | None:
        """Return the compiled model as it was after the last finished epoch; None if there is none."""
        state_file = self._folder / "state.json"
        if not state_file.exists():
            self._delete_all_but()
            return None
        state = read_json(state_file)
        self._delete_all_but(state_file.name, state["checkpoint"], state["best"])
        self.history = state["history"]
        self.finished = state["finished"]
        self._callback_states = state["callbacks"]
        self._best = state["best"]
        model = keras.saving.load_model(self._folder / state["checkpoint"])
        for variable, value in zip(_random_states(model), state["random_states"], strict=True):
            variable.assign(value)
        return model

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Restore the state of the callbacks, which Keras has just reset."""
        for name, attributes in self._callback_states.items():
            for attribute, value in attributes.items():
                setattr(self._watchers[name], attribute, value)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the clock."""
        self._epoch_started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the checkpoint, then the state that refers to it."""
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
            "callbacks": {name: self._state_of(name) for name in self._watchers},
        }
        # before the state: if the run is killed here after the last epoch, the history is complete
        write_atomically(self._run_folder / "history.csv", pd.DataFrame(self.history).to_csv(index=False))
        write_json(self._folder / "state.json", state)
        self._delete_all_but("state.json", checkpoint.name, self._best)

    def keep_best(self, target: Path) -> None:
        """Extract the best weights from their checkpoint. The file marks the run as finished."""
        with zipfile.ZipFile(self._folder / self._best) as best:
            write_atomically(target, best.read("model.weights.h5"))

    def _delete_all_but(self, *names: str) -> None:
        """Delete what is not in use, such as half a file of a killed run."""
        for file in self._folder.glob("*"):
            if file.name not in names:
                file.unlink()

    def _state_of(self, name: str) -> dict[str, Any]:
        return {attribute: getattr(self._watchers[name], attribute) for attribute in STATE_OF_CALLBACKS[name]}


def _random_states(model: keras.Model) -> list[keras.Variable]:
    """Return the variables from which dropout draws. Keras does not save them with a model."""
    return [variable for variable in model.variables if variable.path.endswith("seed_generator_state")]
