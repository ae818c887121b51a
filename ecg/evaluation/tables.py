"""Tables that compare the models of one protocol. Every figure is the mean over the seeds of a model."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecg.classes import LABELS
from ecg.evaluation.bootstrap import (
    accuracies,
    f1s,
    holm,
    interval,
    macro_f1s,
    means_over_seeds,
    p_value,
    resampled_confusion_matrices,
)
from ecg.networks.registry import ABLATION, ALL_TITLES, TITLES

if TYPE_CHECKING:  # metrics load scikit-learn, which takes a second
    from ecg.evaluation.run_result import RunResult

Figures = dict[str, Callable[[np.ndarray], np.ndarray]]
WITHOUT_Q: Figures = {
    "accuracy": accuracies,
    "macro-F1 of N S V F": lambda confusions: f1s(confusions)[..., :4].mean(axis=-1),
    "F1 S": lambda confusions: f1s(confusions)[..., 1],
    "F1 V": lambda confusions: f1s(confusions)[..., 2],
}
FIGURES: dict[str, Figures] = {
    "intra_patient": {"accuracy": accuracies, "macro-F1": macro_f1s},
    "inter_patient": WITHOUT_Q,
    "all_patients": WITHOUT_Q,
}
"""For each protocol the figures that get an interval, as functions of confusion matrices. The inter-patient protocol has seven
test beats of class Q: too few for a figure."""
PER_CLASS: Figures = {
    "Se": lambda confusions: _correct(confusions) / _or_nan(confusions.sum(axis=-1)),
    "+P": lambda confusions: _correct(confusions) / _or_nan(confusions.sum(axis=-2)),
    "F1": f1s,
}
"""Sensitivity, positive predictivity and F1 of each class; NaN where a class does not occur or is never predicted."""
Resampled = dict[str, dict[str, np.ndarray]]
"""For each model and figure its mean over the seeds in each resample, shape (10_000,)."""


def resample(run_results: "list[RunResult]", figures: Figures | None = None) -> Resampled:
    """Resample the test beats and the seeds (bootstrap), and compute the figures of each model in each resample.

    Whole records are drawn under the protocols that hold out whole records. Resample i holds the same beats for every model.
    `figures` are the `FIGURES` of the protocol by default.
    """
    predictions = np.array([run_result.probabilities.argmax(axis=1) for run_result in run_results])
    by_record = run_results[0].facts["protocol"] != "intra_patient"
    records = run_results[0].test["record"].to_numpy(dtype=str) if by_record else None
    confusions = resampled_confusion_matrices(run_results[0].labels, predictions, records)
    generator = np.random.default_rng(1)
    figures_by_run = {name: figure(confusions) for name, figure in (figures or _figures(run_results)).items()}
    return {
        model: {name: means_over_seeds(resampled, runs, generator) for name, resampled in figures_by_run.items()}
        for model, runs in _runs_by_model(run_results).items()
    }


def _correct(confusions: np.ndarray) -> np.ndarray:
    return np.diagonal(confusions, axis1=-2, axis2=-1)


def _or_nan(counts: np.ndarray) -> np.ndarray:
    return np.where(counts > 0, counts, np.nan)


def _figures(run_results: "list[RunResult]") -> Figures:
    return FIGURES[run_results[0].facts["protocol"]]


def _runs_by_model(run_results: "list[RunResult]") -> dict[str, list[int]]:
    models = dict.fromkeys(run_result.model for run_result in run_results)
    return {model: [run for run, run_result in enumerate(run_results) if run_result.model == model] for model in models}


def _metrics_by_model(run_results: "list[RunResult]") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for model, runs in _runs_by_model(run_results).items():
        yield model, [run_results[run].metrics for run in runs]


def comparison_table(run_results: "list[RunResult]", resampled: Resampled) -> pd.DataFrame:
    """Compare the models, one row each.

    The columns: number of seeds; the `FIGURES` of the protocol with their standard deviation over the seeds and the ends of
    their 95 % interval; balanced accuracy; F1 of the other classes.
    """
    rows = []
    for model, metrics in _metrics_by_model(run_results):
        row: dict[str, Any] = {"model": _title(metrics), "seeds": len(metrics)}
        for name, figure in _figures(run_results).items():
            row |= _mean_and_sd(name, [float(figure(np.array(seed["confusion_matrix"]))) for seed in metrics])
            row[f"{name} low"], row[f"{name} high"] = interval(resampled[model][name])
        row["balanced accuracy"] = np.mean([seed["balanced_accuracy"] for seed in metrics])
        of_classes = {f"F1 {label}": np.mean([seed["per_class"][label]["f1"] for seed in metrics]) for label in LABELS}
        row |= {name: mean for name, mean in of_classes.items() if name not in row}
        rows.append(row)
    return pd.DataFrame(rows)


def _title(metrics: list[dict[str, Any]]) -> str:
    collapsed = all(seed["collapsed"] for seed in metrics) and metrics[0]["architecture"] != "majority_class"
    return ALL_TITLES[metrics[0]["architecture"]] + (" (collapsed)" if collapsed else "")


def _mean_and_sd(name: str, figures: list[float]) -> dict[str, float]:
    return {name: float(np.mean(figures)), f"{name} SD": float(np.std(figures, ddof=1)) if len(figures) > 1 else np.nan}


def class_table(run_results: "list[RunResult]") -> pd.DataFrame:
    """Compare the networks on each class, one row a class and model; baselines are left out.

    The columns: test beats of the class; sensitivity (Se), positive predictivity (+P) and F1, each with its standard
    deviation over the seeds and the ends of its 95 % interval. A figure that is not defined is NaN.
    """
    networks = [run_result for run_result in run_results if run_result.model in TITLES]
    figures: Figures = {
        f"{name} {label}": partial(_of_class, figure, index)
        for index, label in enumerate(LABELS)
        for name, figure in PER_CLASS.items()
    }
    resampled = resample(networks, figures)
    rows = []
    for label in LABELS:
        for model, metrics in _metrics_by_model(networks):
            beats = metrics[0]["per_class"][label]["support"]
            row: dict[str, Any] = {"class": label, "model": _title(metrics), "beats": beats}
            confusions = [np.array(seed["confusion_matrix"]) for seed in metrics]
            for name in PER_CLASS:
                of_label = f"{name} {label}"
                row |= _mean_and_sd(name, [float(figures[of_label](confusion)) for confusion in confusions])
                defined = resampled[model][of_label][np.isfinite(resampled[model][of_label])]
                row[f"{name} low"], row[f"{name} high"] = interval(defined) if len(defined) else (np.nan, np.nan)
            rows.append(row)
    return pd.DataFrame(rows)


def _of_class(figure: Callable[[np.ndarray], np.ndarray], index: int, confusions: np.ndarray) -> np.ndarray:
    return figure(confusions)[..., index]


def calibration_table(run_results: "list[RunResult]") -> pd.DataFrame:
    """Compare the calibration of the models, one row each.

    The columns: expected calibration error and Brier score before and after calibration, the share of the beats answered with
    confidence, and the accuracy on those.
    """
    rows = []
    for _, metrics in _metrics_by_model(run_results):
        row: dict[str, Any] = {"model": _title(metrics)}
        for figure, key in (("ECE", "ece"), ("Brier", "brier")):
            row[f"{figure} before"] = np.mean([seed["uncalibrated"][key] for seed in metrics])
            row |= _mean_and_sd(f"{figure} after", [seed[key] for seed in metrics])
        row |= _mean_and_sd("answered with confidence", [seed["confident"]["share"] for seed in metrics])
        accuracy = [seed["confident"]["accuracy"] for seed in metrics if seed["confident"]["accuracy"] is not None]
        row |= _mean_and_sd("of those right", accuracy or [np.nan])
        rows.append(row)
    return pd.DataFrame(rows)


def cost_table(run_results: "list[RunResult]", latency: pd.DataFrame | None) -> pd.DataFrame:
    """Compare what the models cost, one row each.

    The columns: parameters, MFLOPs a beat, the shortest training time of its seeds and, where `benchmarks.latency` measured
    them, file size and latency.
    """
    rows = [
        {
            "model": _title(metrics),
            "parameters": metrics[0]["parameters"],
            "MFLOPs a beat": metrics[0]["mflops"],
            "training (core min)": min(seed["training_seconds"] * seed["training_cores"] for seed in metrics) / 60,
        }
        for _, metrics in _metrics_by_model(run_results)
    ]
    table = pd.DataFrame(rows)
    return table if latency is None else table.merge(latency, on="model", how="left")


def difference_table(run_results: "list[RunResult]", resampled: Resampled) -> pd.DataFrame:
    """Test the differences between the networks, one row a figure and pair; baselines are left out.

    The columns: the difference, the ends of its 95 % interval, and its p-value, adjusted by Holm's method for the number of
    pairs.
    """
    metrics = dict(_metrics_by_model(run_results))
    networks = [model for model in metrics if model in (*TITLES, ABLATION)]
    rows = []
    for name, figure in _figures(run_results).items():
        means = {model: np.mean([figure(np.array(seed["confusion_matrix"])) for seed in metrics[model]]) for model in networks}
        for one, other in combinations(networks, 2):
            differences = resampled[one][name] - resampled[other][name]
            low, high = interval(differences)
            rows.append(
                {
                    "figure": name,
                    "model": ALL_TITLES[one],
                    "compared with": ALL_TITLES[other],
                    "difference": means[one] - means[other],
                    "difference low": low,
                    "difference high": high,
                    "p": p_value(differences),
                }
            )
    columns = ["figure", "model", "compared with", "difference", "difference low", "difference high", "p"]
    table = pd.DataFrame(rows, columns=columns)
    table["p"] = table.groupby("figure")["p"].transform(lambda p: holm(p.to_numpy()))
    return table
