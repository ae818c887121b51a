"""Read a beat that a person or a program gives."""

import math
import re
from numbers import Real
from typing import Any

import numpy as np

from ecg.beats import BEAT_LENGTH
from ecg.classes import LABELS
from ecg.errors import InputError

EXPECTED = (
    f"A beat is {BEAT_LENGTH} numbers from 0 to 1: a sample every 1/120 s from the R peak on, scaled by its own lowest and "
    "highest value, padded with zeros."
)


def parse_text(text: str) -> list[float]:
    """Read pasted numbers.

    Parameters
    ----------
    text : str
        Numbers separated by commas, semicolons, blanks or new lines; brackets around them do no harm.

    Returns
    -------
    list of float
        The numbers, unchecked but for being numbers.

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
    """Check the numbers of a beat.

    Parameters
    ----------
    values : list of float
        187 numbers, or 188 with the class index last, as in a row of the Kaggle files.

    Returns
    -------
    beat : ndarray of float32, shape (187,)
        The beat.
    truth : str or None
        The class of the index given.

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
