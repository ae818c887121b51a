"""Static drawings, for model folders and reports."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from mlxtend.plotting import plot_confusion_matrix

from ecg.classes import LABELS

mpl.use("Agg")  # drawings go to files; there may be no screen


def draw_confusion_matrix(confusion_matrix: list[list[int]], title: str, path: Path) -> None:
    """Draw how many beats of each class were taken for which.

    Parameters
    ----------
    confusion_matrix : list of list of int
        Beats by true class (rows) and predicted class (columns).
    title : str
        What stands above: the name of the model.
    path : Path
        The PNG file.
    """
    figure, axes = plot_confusion_matrix(
        conf_mat=np.array(confusion_matrix),
        class_names=list(LABELS),
        show_absolute=True,
        show_normed=True,
        colorbar=True,
        figsize=(6, 6),
    )
    axes.set_title(title)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    # without a date and a version in the file the same figures give the same bytes
    figure.savefig(path, dpi=110, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
