"""The table that compares the models of one protocol."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ecg.classes import LABELS
from ecg.files import write_atomically, write_json


def comparison_table(metrics: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Put the figures of several models side by side.

    Parameters
    ----------
    metrics : sequence of dict
        Contents of the ``metrics.json`` of each model.

    Returns
    -------
    DataFrame
        One row a model: its figures, F1 of each class, parameters and training time.
    """
    return pd.DataFrame(
        [
            {
                "model": model["title"] + (" (collapsed)" if model["collapsed"] else ""),
                "accuracy": model["accuracy"],
                "balanced accuracy": model["balanced_accuracy"],
                "macro-F1": model["macro_f1"],
                "ECE": model["ece"],
                **{f"F1 {label}": model["per_class"][label]["f1"] for label in LABELS},
                "parameters": model["parameters"],
                "training (min)": model["training_seconds"] / 60,
            }
            for model in metrics
        ]
    )


def formatted(table: pd.DataFrame) -> pd.DataFrame:
    """Format a comparison table for people.

    Parameters
    ----------
    table : DataFrame
        From `comparison_table`.

    Returns
    -------
    DataFrame
        Text: scores with four digits, minutes with one.
    """
    formats: dict[str, Callable[[Any], str]] = {"model": str, "parameters": "{:,}".format, "training (min)": "{:.1f}".format}
    return pd.DataFrame({name: table[name].map(formats.get(name, "{:.4f}".format)) for name in table.columns})


def as_markdown(table: pd.DataFrame) -> str:
    """Write a comparison table in Markdown.

    Parameters
    ----------
    table : DataFrame
        From `comparison_table`.

    Returns
    -------
    str
        The table.
    """
    head = [list(table.columns), ["---"] + ["---:"] * (len(table.columns) - 1)]
    rows = formatted(table).itertuples(index=False)
    return "\n".join("| " + " | ".join(row) + " |" for row in [*head, *rows]) + "\n"


def write_comparison(folder: Path, metrics: Sequence[dict[str, Any]]) -> str:
    """Write the comparison of the models of one protocol.

    Parameters
    ----------
    folder : Path
        Where ``comparison.csv``, ``comparison.md`` and, with all figures, ``metrics.json`` go.
    metrics : sequence of dict
        Contents of the ``metrics.json`` of each model, and of the floor.

    Returns
    -------
    str
        The table in Markdown.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = comparison_table(metrics)
    markdown = as_markdown(table)
    write_atomically(folder / "comparison.csv", table.to_csv(index=False))
    write_atomically(folder / "comparison.md", markdown)
    write_json(folder / "metrics.json", list(metrics))
    return markdown
