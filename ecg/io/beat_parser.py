"""Read beats that a person or a program gives: one, a list, or a CSV file."""

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from ecg.classes import LABELS
from ecg.errors import InputError
from ecg.signal.kaggle_beat import BEAT_LENGTH

EXPECTED = (
    f"A beat is {BEAT_LENGTH} numbers from 0 to 1: a sample every 1/120 s from the R peak on, scaled by its own lowest and "
    "highest value, padded with zeros."
)
MOST_BEATS = 5000
"""Beats that a program may give at once."""
MOST_ROWS = 10_000
MOST_BYTES = 50_000_000
"""10,000 rows of a Kaggle file."""


@dataclass(frozen=True)
class ParsedBeats:
    """Beats, and the classes that the file states for them.

    Attributes
    ----------
    beats : ndarray of float32, shape (n, 187)
        The beats.
    truths : tuple of (str or None)
        Their classes, where they are stated.
    rows : tuple of int
        The row in the file, or the position in the list, of each beat, counted from 1.
    refused : tuple of str
        What is wrong with the rows that hold no beat.
    """

    beats: np.ndarray
    truths: tuple[str | None, ...]
    rows: tuple[int, ...]
    refused: tuple[str, ...] = ()

    def get(self, row: int) -> tuple[np.ndarray, str | None]:
        """Return the beat of a row, shape (187,), and its class or None.

        Raises
        ------
        InputError
            If that row holds no beat.
        """
        if row not in self.rows:
            raise InputError(f"Row {row} holds no beat. The beats stand in rows {self.rows[0]} to {self.rows[-1]}.")
        place = self.rows.index(row)
        return self.beats[place], self.truths[place]


def parse_text(text: str) -> list[float]:
    """Read pasted numbers, separated by commas, semicolons, blanks or new lines, with or without brackets around them.

    Raises
    ------
    InputError
        If one of them is no number.
    """
    words = [word for word in re.split(r"[,;\s]+", text.strip().strip("[]()")) if word]
    numbers = []
    for position, word in enumerate(words, start=1):
        try:
            numbers.append(float(word))
        except ValueError:
            raise InputError(f"Value {position} is {word[:20]!r}, which is no number. {EXPECTED}") from None
    return numbers


def check_beat(values: Any) -> tuple[np.ndarray, str | None]:
    """Check the numbers of a beat: 187, or 188 with the class index last, as in a row of the Kaggle files.

    Returns
    -------
    beat : ndarray of float32, shape (187,)
        The beat.
    truth : str or None
        The class of the index.

    Raises
    ------
    InputError
        If it is no list of numbers, has another length, or holds what no beat can: NaN, a value outside 0 to 1, or the same
        value throughout.
    """
    if not isinstance(values, (list, tuple)):
        raise InputError(f"The beat is no list of numbers. {EXPECTED}")
    if len(values) not in (BEAT_LENGTH, BEAT_LENGTH + 1):
        raise InputError(f"The beat has {len(values)} values. {EXPECTED} The class index may follow as number 188.")
    numbers = [_number(value, position) for position, value in enumerate(values, start=1)]
    beat, index = np.array(numbers[:BEAT_LENGTH]), numbers[BEAT_LENGTH:]
    outside = (beat < 0) | (beat > 1)
    if outside.any():
        first = int(outside.argmax())
        raise InputError(f"Value {first + 1} is {beat[first]:g}, which is outside 0 to 1. {EXPECTED}")
    if np.ptp(beat) == 0:
        raise InputError(f"All {BEAT_LENGTH} values are {beat[0]:g}: a flat line holds no beat.")
    if index and index[0] not in range(len(LABELS)):
        raise InputError(f"Value 188, the class index, is {index[0]:g}; it must be one of 0 to {len(LABELS) - 1}.")
    return beat.astype(np.float32), LABELS[int(index[0])] if index else None


def check_beats(values: Any) -> ParsedBeats:
    """Check a list of 1 to 5,000 beats as `check_beat` takes them.

    Raises
    ------
    InputError
        If it is no list of beats, holds none or too many, or one of them is wrong.
    """
    if not isinstance(values, (list, tuple)):
        raise InputError(f"The beats are no list of lists of numbers. {EXPECTED}")
    if not 1 <= len(values) <= MOST_BEATS:
        raise InputError(f"The list holds {len(values):,} beats. Give 1 to {MOST_BEATS:,} at once.")
    table = _table(list(enumerate(values, start=1)), "Beat")
    if table.refused:
        raise InputError(table.refused[0])
    return table


def read_csv(path: Path) -> ParsedBeats:
    """Read a CSV file of beats, one a row, 187 numbers or 188 with the class index last, as in the Kaggle files.

    A header row is allowed. The separators are commas, semicolons (with decimal points or commas) or tabs. Rows that hold no
    beat are listed in ``refused``.

    Raises
    ------
    InputError
        If the file is too large, no text, or holds no beat at all.
    """
    if path.stat().st_size > MOST_BYTES:
        size = path.stat().st_size / 1e6
        raise InputError(f"The file has {size:.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB are read. Give a part of it.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file is no text in UTF-8, so it is no CSV file. Save it as CSV.") from None
    rows = _rows(text)
    if len(rows) > MOST_ROWS:
        raise InputError(f"The file has {len(rows):,} rows; at most {MOST_ROWS:,} are read. Give a part of it.")
    table = _table(rows, "Row")
    if not table.rows:
        raise InputError(table.refused[0] if table.refused else f"The file holds no beat. {EXPECTED} One beat a row.")
    return table


def _rows(text: str) -> list[tuple[int, list[Any]]]:
    first = text.lstrip().partition("\n")[0]
    delimiter = next((separator for separator in ";\t" if separator in first), ",")
    if delimiter == ";":
        text = text.replace(",", ".")
    try:
        words = list(csv.reader(text.splitlines(), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(f"The file is no CSV file: {error}. Give one beat a row.") from None
    rows = [(number, [_word(word) for word in row]) for number, row in enumerate(words, start=1) if any(map(str.strip, row))]
    has_header = bool(rows) and all(isinstance(value, str) for value in rows[0][1])
    return rows[has_header:]


def _word(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word.strip()


def _table(rows: Sequence[tuple[int, Any]], what: str) -> ParsedBeats:
    beats, truths, numbers, refused = [], [], [], []
    for number, values in rows:
        try:
            beat, truth = check_beat(values)
        except InputError as error:
            refused.append(f"{what} {number}: {error}")
        else:
            beats.append(beat)
            truths.append(truth)
            numbers.append(number)
    stacked = np.stack(beats) if beats else np.empty((0, BEAT_LENGTH), dtype=np.float32)
    return ParsedBeats(stacked, tuple(truths), tuple(numbers), tuple(refused))


def _number(value: Any, position: int) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        what = "missing (null)" if value is None else f"{str(value)[:20]!r}, which is no number"
        raise InputError(f"Value {position} is {what}. {EXPECTED}")
    try:
        number = float(value)
    except OverflowError:  # an integer of hundreds of digits
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"Value {position} is {number}: not a finite number. {EXPECTED}")
    return number
