"""The progress bar of training: model, epoch, time left."""

from typing import Any

from keras import callbacks
from tqdm import tqdm


class Progress(callbacks.Callback):
    """A progress bar over all steps of a run, and a printed line for each finished epoch.

    Parameters
    ----------
    title : str
        Name of the run.
    history : list of dict
        Metrics of the finished epochs; the list is shared with the callback that fills it.
    epochs : int
        Greatest number of epochs.

    Attributes
    ----------
    line : int
        Line of the terminal on which the bar is drawn, where several processes draw one.
    """

    line = 0

    def __init__(self, title: str, history: list[dict[str, float]], epochs: int) -> None:
        super().__init__()
        self._title, self._history, self._epochs = title, history, epochs
        self._bar: Any = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Open the bar, at the end of the epochs that are already finished."""
        steps = self.params["steps"]
        self._bar = tqdm(
            total=self._epochs * steps,
            initial=len(self._history) * steps,
            mininterval=1,
            unit="step",
            dynamic_ncols=True,
            position=self.line,
        )

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Name the epoch."""
        self._bar.set_description(f"{self._title}  epoch {epoch + 1} of {self._epochs}")

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Advance by one step."""
        self._bar.update()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Print the metrics of the epoch."""
        last = self._history[-1]
        line = f"{self._title}  epoch {epoch + 1:3d} of {self._epochs}  loss {last['loss']:.4f}"
        if "val_loss" in last:
            line += f"  validation: loss {last['val_loss']:.4f}, accuracy {last['val_accuracy']:.4f}"
            line += f", macro-F1 {last['val_macro_f1']:.4f}"
        self._bar.write(f"{line}  {last['seconds']:.0f} s")

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Close the bar."""
        self._bar.close()
