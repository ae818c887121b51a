"""Single beats of the intra-patient test split, where the records are at hand."""

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
        Its AAMI class and MIT-BIH symbol.
    record : str
        The record it comes from.
    seconds : float
        Time of its R peak in the record, in seconds.
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
    """Count the single test beats of a record.

    Parameters
    ----------
    record : str
        Name of the record.

    Returns
    -------
    dict of str to int
        Number of beats of each class that occurs.
    """
    test = _test_beats()
    counts = np.bincount(test.labels[test.records == record], minlength=len(LABELS))
    return {label: int(count) for label, count in zip(LABELS, counts, strict=True) if count}


def get_test_beat(record: str, label: str, number: int) -> SingleBeat:
    """Return a single test beat of a record.

    Parameters
    ----------
    record : str
        Name of the record.
    label : str
        AAMI class of the beat.
    number : int
        Which of the record's test beats of that class, counted from 1 in the order of time.

    Returns
    -------
    SingleBeat
        The beat.

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
