"""Single beats of the intra-patient test split, for machines that have the records."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from ecg.classes import LABELS
from ecg.data import mitdb
from ecg.data.beat_sources import read_mitdb_beats
from ecg.data.beat_table import BeatTable
from ecg.errors import InputError


@dataclass(frozen=True)
class SingleBeat:
    """A single beat of the intra-patient test split.

    Attributes
    ----------
    beat : ndarray of float32, shape (187,)
        The beat.
    label, symbol : str
        Its AAMI class and its MIT-BIH symbol.
    record : str
        Name of its record.
    seconds : float
        Time of its R peak in the record, in s.
    """

    beat: np.ndarray
    label: str
    symbol: str
    record: str
    seconds: float


@cache
def _test_beats() -> BeatTable:
    return read_mitdb_beats(mitdb.find()).part("intra_patient", "test")


def count_test_beats(record: str) -> dict[str, int]:
    """Count the test beats of each class that occurs in a record."""
    test = _test_beats()
    counts = np.bincount(test.labels[test.records == record], minlength=len(LABELS))
    return {label: int(count) for label, count in zip(LABELS, counts, strict=True) if count}


def get_test_beat(record: str, label: str, number: int) -> SingleBeat:
    """Return the test beat of a record and class that has a number, counted from 1 in the order of time.

    Raises
    ------
    InputError
        If there is no such beat.
    """
    counts = count_test_beats(record)
    if not 1 <= number <= counts.get(label, 0):
        raise InputError(
            f"Record {record} has no test beat {label} number {number}. It has: "
            + (", ".join(f"{count} of class {name}" for name, count in counts.items()) or "none")
            + "."
        )
    test = _test_beats()
    row = np.flatnonzero((test.records == record) & (test.labels == LABELS.index(label)))[number - 1]
    return SingleBeat(test.beats[row], label, str(test.symbols[row]), record, float(test.samples[row] / mitdb.FS))
