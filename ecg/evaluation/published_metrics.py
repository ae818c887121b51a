"""Read the published metrics from ``results/``, as plain values for programs."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ecg.atomic_files import read_json
from ecg.classes import LABELS
from ecg.data.splits import PROTOCOLS
from ecg.networks.registry import TITLES

COSTS = {
    "parameters": "parameters",
    "training_core_minutes": "training (core min)",
    "file_mb": "file (MB)",
    "one_beat_ms": "one beat (ms)",
    "a_record_ms": "a record (ms)",
}
"""Costs of a model: the name that programs see, and the column of ``cost.csv``."""
PER_CLASS = {"sensitivity": "Se", "positive_predictivity": "+P", "f1": "F1"}
"""Figures of a class: the name that programs see, and the column of ``classes.csv``."""


@cache
def measured_figures(results: Path) -> list[dict[str, Any]]:
    """Read the results of the five architectures from ``results/``.

    Returns
    -------
    list of dict
        One a model and protocol: ``model``, ``title``, ``protocol``, ``test_beats``, ``seeds``; ``accuracy`` and
        ``macro_f1``, each with ``value`` (the mean over the seeds) and the ends of its 95 % interval, ``low`` and ``high``;
        ``macro_f1_of``, the classes that enter it; ``classes``, with the test ``beats`` of each class and its ``sensitivity``,
        ``positive_predictivity`` and ``f1``; ``ece`` and ``brier``; ``parameters``, ``training_core_minutes``, ``file_mb``,
        ``one_beat_ms`` and ``a_record_ms``. What was not measured is None.
    """
    return [_of_model(results / protocol, name) for protocol in PROTOCOLS for name in TITLES]


def _of_model(folder: Path, name: str) -> dict[str, Any]:
    comparison, calibration, cost = (_row(folder / f"{table}.csv", name) for table in ("comparison", "calibration", "cost"))
    classes = pd.read_csv(folder / "classes.csv")
    classes = classes[classes["model"] == TITLES[name]].set_index("class")
    macro_f1 = next(column for column in comparison if str(column).startswith("macro-F1"))
    metrics = next(metrics for metrics in read_json(folder / "metrics.json") if metrics["architecture"] == name)
    return {
        "model": name,
        "title": TITLES[name],
        "protocol": folder.name,
        "test_beats": metrics["beats"],
        "seeds": int(comparison["seeds"]),
        "accuracy": _with_interval(comparison, "accuracy"),
        "macro_f1": _with_interval(comparison, macro_f1),
        "macro_f1_of": macro_f1.partition(" of ")[2] or " ".join(LABELS),
        "classes": {label: _of_class(dict(classes.loc[label])) for label in LABELS},
        "ece": _number(calibration["ECE after"]),
        "brier": _number(calibration["Brier after"]),
        **{key: _number(cost.get(column)) for key, column in COSTS.items()},
    }


def _row(file: Path, name: str) -> dict[str, Any]:
    table = pd.read_csv(file, index_col="model")
    return dict(table.loc[TITLES[name]])


def _of_class(row: dict[str, Any]) -> dict[str, Any]:
    return {"beats": int(row["beats"]), **{key: _with_interval(row, column) for key, column in PER_CLASS.items()}}


def _with_interval(row: dict[str, Any], name: str) -> dict[str, float | None]:
    return {"value": _number(row[name]), "low": _number(row[f"{name} low"]), "high": _number(row[f"{name} high"])}


def _number(number: Any) -> float | None:
    return None if number is None or pd.isna(number) else float(number)
