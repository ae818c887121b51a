"""Static figures for model folders and reports."""

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
from ecg.evaluation.run_result import RunResult
from ecg.networks.registry import ALL_TITLES

mpl.use("Agg")  # drawings go to files; there may be no screen
COLUMNS = 3


def draw_confusion_matrix(metrics: dict[str, Any], path: Path) -> None:
    """Draw the ``confusion_matrix`` among the metrics of a model."""
    figure, axes = plt.subplots(figsize=(6, 6))
    _confusion_matrix(metrics, figure, axes)
    _save(figure, path)


def draw_confusion_matrices(run_results: Sequence[RunResult], path: Path) -> None:
    """Draw the confusion matrices of several models, one run result for each, side by side."""
    figure, panels = _panels(len(run_results), size=5.2)
    for axes, run_result in zip(panels, run_results, strict=True):
        _confusion_matrix(run_result.metrics, figure, axes)
    _save(figure, path)


def draw_learning_curves(run_results: Sequence[RunResult], path: Path) -> None:
    """Draw macro-F1 by epoch for all seeds, on the training beats (after mixup) and on the validation beats, if any."""
    figure, panels = _panels_by_model(run_results)
    for axes, seeds in panels:
        for run_result in seeds:
            if run_result.history is not None:
                curves = run_result.history.set_index("epoch").filter(["macro_f1", "val_macro_f1"])
                axes.plot(curves, label=["training", "validation"][: curves.shape[1]] if run_result is seeds[0] else None)
            axes.set_prop_cycle(None)
        axes.set(xlabel="epoch", ylabel="macro-F1", ylim=(0.5, 1))
        axes.legend(loc="lower right")
    _save(figure, path)


def draw_precision_recall(run_results: Sequence[RunResult], path: Path) -> None:
    """Draw precision against recall for each class, one run result for each model."""
    figure, panels = _panels(len(LABELS))
    lowest = 0.5 if run_results[0].facts["protocol"] == "intra_patient" else 0
    for index, (axes, label) in enumerate(zip(panels, LABELS, strict=True)):
        for run_result in run_results:
            truth, probability = run_result.labels == index, run_result.probabilities[:, index]
            precision, recall, _ = precision_recall_curve(truth, probability, drop_intermediate=True)
            name = f"{ALL_TITLES[run_result.model]} ({average_precision_score(truth, probability):.3f})"
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


def draw_reliability(run_results: Sequence[RunResult], path: Path) -> None:
    """Draw accuracy against confidence before and after calibration; the seeds of a model are pooled."""
    figure, panels = _panels_by_model(run_results)
    for axes, seeds in panels:
        axes.plot([0, 1], [0, 1], color="gray", linewidth=1)
        labels = np.concatenate([run_result.labels for run_result in seeds])
        before = np.concatenate([run_result.uncalibrated for run_result in seeds])
        after = np.concatenate([run_result.probabilities for run_result in seeds])
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


def _panels_by_model(run_results: Sequence[RunResult]) -> tuple[Figure, list[tuple[Axes, list[RunResult]]]]:
    models = list(dict.fromkeys(run_result.model for run_result in run_results))
    figure, panels = _panels(len(models))
    for axes, model in zip(panels, models, strict=True):
        axes.set_title(ALL_TITLES[model])
    return figure, [
        (axes, [run_result for run_result in run_results if run_result.model == model])
        for axes, model in zip(panels, models, strict=True)
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
