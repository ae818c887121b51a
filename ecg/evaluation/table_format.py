"""Format tables for people: text, and Markdown."""

import pandas as pd

FORMATS = {
    "seeds": "{:.0f}",
    "beats": "{:,.0f}",
    "parameters": "{:,.0f}",
    "MFLOPs": "{:.1f}",
    "training": "{:.1f}",
    "file": "{:.2f}",
    "one beat": "{:.2f}",
    "a record": "{:.0f}",
    "answered": "{:.1%}",
    "of those": "{:.2%}",
    "difference": "{:+.4f}",
    "p": "{:.3f}",
}
"""How numbers are written, by the first word of their column; scores have four digits."""


WORDS = ("model", "class", "less", "figure", "beats of", "given", "detector", "record", "records")
"""Columns of words."""


def formatted(table: pd.DataFrame) -> pd.DataFrame:
    """Format a table for people.

    Parameters
    ----------
    table : DataFrame
        A table of this module, as it is or read back from CSV.

    Returns
    -------
    DataFrame
        Text. A standard deviation stands behind its mean, the ends of an interval stand in one column; what is not known is
        left empty.
    """
    text = {}
    for name in table.columns:
        if name.endswith((" SD", " high")):
            continue
        cells = _cells(table[name])
        if f"{name} SD" in table:
            cells = [cell + (f" ± {sd}" if sd else "") for cell, sd in zip(cells, _cells(table[f"{name} SD"]), strict=True)]
        if name.endswith(" low"):
            name = name.removesuffix(" low")
            cells = [low and f"{low} to {high}" for low, high in zip(cells, _cells(table[f"{name} high"]), strict=True)]
            name += ", 95 % interval"
        text[name] = cells
    return pd.DataFrame(text)


def _cells(column: pd.Series) -> list[str]:
    name = str(column.name)
    if not pd.api.types.is_numeric_dtype(column):
        return list(column)
    form = next((form for start, form in FORMATS.items() if name.startswith(start)), "{:.4f}")
    return ["" if pd.isna(number) else form.format(number) for number in column]


def as_markdown(table: pd.DataFrame) -> str:
    """Write a table in Markdown.

    Parameters
    ----------
    table : DataFrame
        A table of this module.

    Returns
    -------
    str
        The table, formatted for people.
    """
    head = [list(formatted(table).columns)]
    head.append(["---" if name in WORDS else "---:" for name in head[0]])
    rows = formatted(table).itertuples(index=False)
    return "\n".join("| " + " | ".join(row) + " |" for row in [*head, *rows]) + "\n"
