"""Format tables for people: as text, and as Markdown. A CSV file keeps the numbers."""

from collections.abc import Iterator

import pandas as pd

from ecg.classes import LABELS

TEXT = "{}"
"""Left-aligned; every other format is right-aligned."""
RIGHT = "{:>}"
"""Text that is a number already written."""
COUNT = "{:,.0f}"
SCORE = "{:.4f}"

Formats = dict[str, str]
"""For each column of a table, how a cell is written: a format string of Python."""

RESULT_FORMATS: Formats = {
    **dict.fromkeys(("model", "class", "figure", "compared with", "inputs", "records", "record"), TEXT),
    **dict.fromkeys(("beats", "parameters", *LABELS), COUNT),
    **dict.fromkeys(("accuracy", "balanced accuracy", "macro-F1", "macro-F1 of N S V F", "Se", "+P", "F1"), SCORE),
    **{f"{figure} {label}": SCORE for figure in ("Se", "+P", "F1") for label in LABELS},
    **{f"{figure} {when}": SCORE for figure in ("ECE", "Brier") for when in ("before", "after")},
    **{
        f"{protocol}: {figure}": SCORE
        for protocol in ("intra-patient", "inter-patient", "inter-patient, in context")
        for figure in ("accuracy", "macro-F1", "F1 S", "F1 V")
    },
    "seeds": "{:.0f}",
    "MFLOPs a beat": "{:.1f}",
    "training (core min)": "{:.1f}",
    "file (MB)": "{:.2f}",
    "one beat (ms)": "{:.2f}",
    "a record (ms)": "{:.0f}",
    "answered with confidence": "{:.1%}",
    "of those right": "{:.2%}",
    "difference": "{:+.4f}",
    "p": "{:.3f}",
}
"""The columns of the tables in ``results/``."""


def formatted(table: pd.DataFrame, formats: Formats = RESULT_FORMATS) -> pd.DataFrame:
    """Write every cell of a table as text.

    A column ``x SD`` is written behind its mean ``x`` (±). The columns ``x low`` and ``x high`` become ``x, 95 % interval``.
    A missing number is left empty.
    """
    text = {}
    for name in _columns(table, formats):
        cells = _cells(table[name], formats[name])
        if f"{name} SD" in table:
            deviations = _cells(table[f"{name} SD"], formats[name])
            cells = [cell + (f" ± {sd}" if sd else "") for cell, sd in zip(cells, deviations, strict=True)]
        text[name] = cells
        if f"{name} low" in table:
            ends = (_cells(table[f"{name} {end}"], formats[name]) for end in ("low", "high"))
            text[_interval(name)] = [low and f"{low} to {high}" for low, high in zip(*ends, strict=True)]
    return pd.DataFrame(text)


def sort_keys(table: pd.DataFrame, formats: Formats = RESULT_FORMATS) -> pd.DataFrame:
    """Give the values by which the columns of `formatted` are sorted; an interval is sorted by its lower end."""
    keys = {}
    for name in _columns(table, formats):
        keys[name] = table[name]
        if f"{name} low" in table:
            keys[_interval(name)] = table[f"{name} low"]
    return pd.DataFrame(keys)


def as_markdown(table: pd.DataFrame, formats: Formats = RESULT_FORMATS) -> str:
    """Write a table in Markdown, formatted for people; it ends with a newline."""
    text = formatted(table, formats)
    alignments = ["---" if formats.get(name) == TEXT else "---:" for name in text.columns]
    rows = [list(text.columns), alignments, *text.to_numpy().tolist()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _columns(table: pd.DataFrame, formats: Formats) -> Iterator[str]:
    """Name the columns that are not the deviation or an end of the interval of another one."""
    belonging = {f"{name} {what}" for name in formats for what in ("SD", "low", "high")}
    return (name for name in table.columns if name not in belonging)


def _interval(name: str) -> str:
    return f"{name}, 95 % interval"


def _cells(column: pd.Series, form: str) -> list[str]:
    return ["" if pd.isna(cell) else form.format(cell) for cell in column]
