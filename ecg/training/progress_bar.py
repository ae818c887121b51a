"""Say which model is being trained, which epoch it is in and how long it will still take."""

from typing import Any

from keras import callbacks
from tqdm import tqdm


class Progress(callbacks.Callback):
    """A progress bar over all steps of a run, and a line for each finished epoch.

    Parameters
    ----------
    title : str
        What is being trained.
    history : list of dict
        Metrics of the epochs finished so far; shared with the callback that fills it.
    epochs : int
        Number of epochs of the run, at most.

    Attributes
    ----------
    line : int
        On which line of the terminal the bar is drawn, where several processes draw one.
    """

    line = 0

    def __init__(self, title: str, history: list[dict[str, float]], epochs: int) -> None:
        super().__init__()
        self._title, self._history, self._epochs = title, history, epochs
        self._bar: Any = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Open the bar, with the epochs of an earlier start behind it."""
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
        """Go one step on."""
        self._bar.update()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Print what the epoch has brought."""
        last = self._history[-1]
        line = f"{self._title}  epoch {epoch + 1:3d} of {self._epochs}  loss {last['loss']:.4f}"
        if "val_loss" in last:
            line += f"  validation: loss {last['val_loss']:.4f}, accuracy {last['val_accuracy']:.4f}"
            line += f", macro-F1 {last['val_macro_f1']:.4f}"
        self._bar.write(f"{line}  {last['seconds']:.0f} s")

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Close the bar."""
        self._bar.close()
