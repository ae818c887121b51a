"""Read a recording from a table of numbers with one sample a line and one lead a column.

Commas, semicolons, tabs or blanks between the columns; decimal commas; with or without a line of names, and a line of units
below it, as PhysioNet's ``rdsamp`` writes them; with or without a column of times or of sample numbers.
"""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ecg.errors import InputError
from ecg.io.recording import Source

MISSING = ["", "-", "NaN", "nan", "NA", "null"]
SECONDS = {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "millisecond": 1e-3, "milliseconds": 1e-3}
"""Units of a column of times."""
TIME = re.compile(r"(elapsed )?times?|t|" + "|".join(SECONDS))
COUNTER = re.compile(r"(sample|index|n|no|nr|number|unnamed: 0)?( (number|index|no|nr))?", re.IGNORECASE)
MOST_COLUMNS = 66
HEAD = 100_000
"""Bytes at the beginning that tell how a file is laid out."""
STEADY = 0.02
"""Times whose steps differ by more, as a share, are no steady sampling."""


@dataclass(frozen=True)
class _Layout:
    separator: str
    decimal: str
    names: list[str]
    units: list[str]
    lines_above: int


def open_csv(file: Path) -> Source:
    """Find out what a table of numbers holds. The sampling rate is known if the time column has a unit.

    Raises
    ------
    InputError
        If the file is no table of numbers.
    """
    content = file.read_bytes()
    layout = _layout(_head(content, file.name), file.name)
    table = _numbers(content, layout, file.name)
    fs: float | None = None
    leads = []
    for position, (name, unit) in enumerate(zip(layout.names, layout.units, strict=True)):
        values = table.iloc[:, position].to_numpy(dtype=np.float64)
        if _is_time(name):
            fs = _rate(values, name, unit)
        elif not (COUNTER.fullmatch(_words(name)) and name and _counts(values)):
            leads.append((name, unit, values))
    if not leads:
        raise InputError(f"{file.name} holds times, or numbers of samples, and no signal.")
    names, units, columns = zip(*(_split_unit(*lead) for lead in leads), strict=True)
    return Source(file.stem, names, units, (fs,) * len(names), columns.__getitem__)


def _head(content: bytes, file: str) -> str:
    head = content[:HEAD]
    if b"\x00" in head:
        raise InputError(f"{file} is no text. A table of numbers is expected, a line a sample.")
    if not head.strip():
        raise InputError(f"{file} is empty. A table of numbers is expected, a line a sample.")
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _layout(text: str, file: str) -> _Layout:
    head = [line for line in text.splitlines()[:50] if line.strip()]
    comments = next((number for number, line in enumerate(head) if not line.startswith(("#", "%"))), len(head))
    sample = head[comments:]
    if not sample:
        raise InputError(f"{file} holds no numbers.")
    last = sample[min(len(sample), 10) - 1]
    separator = next((mark for mark in ("\t", ";") if mark in last), None)
    if separator is None:
        separator = "," if "," in last else r"\s+"
    decimal = "," if separator != "," and re.search(r"\d,\d", last) and not re.search(r"\d\.\d", last) else "."
    width = len(_split([last], separator)[0])
    separator = separator if width > 1 else ","  # the blanks in the name of a single column separate nothing
    rows = [[cell.strip().strip("'\"") for cell in row] for row in _split(sample[:3], separator)]
    if width > MOST_COLUMNS:
        raise InputError(f"{file} has {width} columns. A recording has a line for each sample and a column for each lead.")
    named = _are_words(rows[0], decimal)
    units_below = named and len(rows) > 1 and _are_words(rows[1], decimal)
    names = rows[0] if named else [""] * width
    units = rows[1] if units_below else [""] * width
    if len(names) != width or len(units) != width:
        raise InputError(f"{file} has {len(names)} names of columns and {width} columns of numbers.")
    above = text[: text.index(sample[0])].count("\n")
    return _Layout(separator, decimal, names, units, above + named + units_below)


def _split(lines: list[str], separator: str) -> list[list[str]]:
    if separator == r"\s+":
        return [line.split() for line in lines]
    return list(csv.reader(lines, delimiter=separator))


def _are_words(row: list[str], decimal: str) -> bool:
    return any(cell not in MISSING and not _is_number(cell.replace(decimal, ".")) for cell in row)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _numbers(content: bytes, layout: _Layout, file: str) -> pd.DataFrame:
    try:
        table = pd.read_csv(
            io.BytesIO(content),
            sep=layout.separator,
            decimal=layout.decimal,
            header=None,
            skiprows=layout.lines_above,
            na_values=MISSING,
            skipinitialspace=True,
            comment="#",
            encoding_errors="replace",
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{file} is no table of numbers: {str(error).strip()}.") from None
    if table.shape[1] != len(layout.names):
        raise InputError(f"{file} has lines of {table.shape[1]} columns; {len(layout.names)} are expected.")
    for column in table:
        if not pd.api.types.is_numeric_dtype(table[column]) or pd.api.types.is_bool_dtype(table[column]):
            numbers = pd.to_numeric(table[column].astype(str), errors="coerce")
            wrong = int((~np.isfinite(numbers) & table[column].notna()).to_numpy().argmax())
            line, cell = layout.lines_above + wrong + 1, str(table[column].iloc[wrong])[:20]
            raise InputError(f"{file} holds {cell!r} in line {line}, which is no number.")
    return table


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def _is_time(name: str) -> bool:
    words = _words(name).split()
    return (
        bool(words) and TIME.fullmatch(" ".join(words[:-1] if len(words) > 1 and words[-1] in SECONDS else words)) is not None
    )


def _rate(times: np.ndarray, name: str, unit: str) -> float | None:
    seconds = next((SECONDS[word] for word in (_words(unit), _words(name).split()[-1]) if word in SECONDS), None)
    if seconds is None or len(times) < 2 or not np.isfinite(times[[0, -1]]).all() or times[-1] <= times[0]:
        return None
    step = (times[-1] - times[0]) * seconds / (len(times) - 1)
    drift = np.abs((times - times[0]) * seconds - step * np.arange(len(times)))
    if np.nanmax(drift) > max(2 * step, STEADY * step * len(times)):
        raise InputError(f"The times in the column {name!r} are not evenly spaced. A steady sampling rate is expected.")
    fs = 1 / step
    return float(round(fs)) if abs(fs - round(fs)) < 0.002 * fs else fs


def _counts(values: np.ndarray) -> bool:
    return bool((np.diff(values[:1000]) == 1).all())


def _split_unit(name: str, unit: str, values: np.ndarray) -> tuple[str, str, np.ndarray]:
    """Take the unit out of a name like "MLII (mV)" or "ii_uV"."""
    found = re.fullmatch(r"(.*?)[\s_\[(]+([nuµμm]?V)[\])]?", name, re.IGNORECASE)
    return (found[1], unit or found[2], values) if found else (name, unit, values)
