"""Static drawings, for model folders and reports."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mlxtend.plotting import plot_confusion_matrix
from sklearn.metrics import average_precision_score, precision_recall_curve

from ecg.classes import AAMI_CLASSES, LABELS
from ecg.evaluation.calibration import confidence_bins
from ecg.evaluation.run_result import Outcome
from ecg.networks.registry import ALL_TITLES

mpl.use("Agg")  # drawings go to files; there may be no screen
COLUMNS = 3


def draw_confusion_matrix(metrics: dict[str, Any], path: Path) -> None:
    """Draw how many beats of each class a model took for which.

    Parameters
    ----------
    metrics : dict
        Figures of the model, among them its ``confusion_matrix``.
    path : Path
        The PNG file.
    """
    figure, axes = plt.subplots(figsize=(6, 6))
    _confusion_matrix(metrics, figure, axes)
    _save(figure, path)


def draw_confusion_matrices(outcomes: Sequence[Outcome], path: Path) -> None:
    """Draw the confusion matrices of several models side by side.

    Parameters
    ----------
    outcomes : sequence of Outcome
        One outcome a model.
    path : Path
        The PNG file.
    """
    figure, panels = _panels(len(outcomes), size=5.2)
    for axes, outcome in zip(panels, outcomes, strict=True):
        _confusion_matrix(outcome.metrics, figure, axes)
    _save(figure, path)


def draw_learning_curves(outcomes: Sequence[Outcome], path: Path) -> None:
    """Draw macro-F1 by epoch, on the training beats (as they are mixed) and, where there are any, on the validation beats.

    Parameters
    ----------
    outcomes : sequence of Outcome
        All seeds of the models.
    path : Path
        The PNG file.
    """
    figure, panels = _panels_by_model(outcomes)
    for axes, seeds in panels:
        for outcome in seeds:
            if outcome.history is not None:
                curves = outcome.history.set_index("epoch").filter(["macro_f1", "val_macro_f1"])
                axes.plot(curves, label=["training", "validation"][: curves.shape[1]] if outcome is seeds[0] else None)
            axes.set_prop_cycle(None)
        axes.set(xlabel="epoch", ylabel="macro-F1", ylim=(0.5, 1))
        axes.legend(loc="lower right")
    _save(figure, path)


def draw_precision_recall(outcomes: Sequence[Outcome], path: Path) -> None:
    """Draw precision against recall for each class.

    Parameters
    ----------
    outcomes : sequence of Outcome
        One outcome a model.
    path : Path
        The PNG file.
    """
    figure, panels = _panels(len(LABELS))
    lowest = 0.5 if outcomes[0].facts["protocol"] == "intra_patient" else 0
    for index, (axes, label) in enumerate(zip(panels, LABELS, strict=True)):
        for outcome in outcomes:
            truth, probability = outcome.labels == index, outcome.probabilities[:, index]
            precision, recall, _ = precision_recall_curve(truth, probability, drop_intermediate=True)
            name = f"{ALL_TITLES[outcome.model]} ({average_precision_score(truth, probability):.3f})"
            axes.plot(recall, precision, drawstyle="steps-post", label=name)
        axes.set(
            title=f"{label}: {AAMI_CLASSES[label].name}",
            xlabel="recall",
            ylabel="precision",
            xlim=(lowest, 1.01),
            ylim=(lowest, 1.01),
        )
        axes.legend(title="average precision", loc="lower left", fontsize="small")
    _save(figure, path)


def draw_reliability(outcomes: Sequence[Outcome], path: Path) -> None:
    """Draw how often a model is right against how sure it is, before and after calibration.

    Parameters
    ----------
    outcomes : sequence of Outcome
        All seeds of the models; the answers of all seeds of a model are taken together.
    path : Path
        The PNG file.
    """
    figure, panels = _panels_by_model(outcomes)
    for axes, seeds in panels:
        axes.plot([0, 1], [0, 1], color="gray", linewidth=1)
        labels = np.concatenate([outcome.labels for outcome in seeds])
        before = np.concatenate([outcome.uncalibrated for outcome in seeds])
        after = np.concatenate([outcome.probabilities for outcome in seeds])
        for name, probabilities in (("before", before), ("after", after)):
            beats, confidence, accuracy = confidence_bins(labels, probabilities)
            axes.plot(confidence[beats > 0], accuracy[beats > 0], marker="o", label=name)
        axes.set(xlabel="confidence", ylabel="share right", xlim=(0.2, 1.01), ylim=(0, 1.02))
        axes.legend(loc="upper left")
    _save(figure, path)


def _confusion_matrix(metrics: dict[str, Any], figure: Figure, axes: Axes) -> None:
    plt.sca(axes)  # mlxtend names the classes on the current axes, not on those it is given
    plot_confusion_matrix(
        conf_mat=np.array(metrics["confusion_matrix"]),
        class_names=list(LABELS),
        show_absolute=True,
        show_normed=True,
        figure=figure,
        axis=axes,
    )
    axes.set(title=metrics["title"], xlabel="predicted class", ylabel="true class")


def _panels_by_model(outcomes: Sequence[Outcome]) -> tuple[Figure, list[tuple[Axes, list[Outcome]]]]:
    models = list(dict.fromkeys(outcome.model for outcome in outcomes))
    figure, panels = _panels(len(models))
    for axes, model in zip(panels, models, strict=True):
        axes.set_title(ALL_TITLES[model])
    return figure, [
        (axes, [outcome for outcome in outcomes if outcome.model == model]) for axes, model in zip(panels, models, strict=True)
    ]


def _panels(number: int, size: float = 4.0) -> tuple[Figure, Sequence[Axes]]:
    rows = -(-number // COLUMNS)
    figure, grid = plt.subplots(rows, COLUMNS, figsize=(size * COLUMNS, size * rows), squeeze=False, layout="constrained")
    panels = list(grid.flat)
    for unused in panels[number:]:
        unused.remove()
    return figure, panels[:number]


def _save(figure: Figure, path: Path) -> None:
    # without a date and a version in the file the same figures give the same bytes
    figure.savefig(path, dpi=110, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
