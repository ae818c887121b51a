"""Sample beats that ship with the package: averages of many beats of one symbol in one record (signal averaging).

Single beats of the records are not copied into the project. The averages are of beats of the intra-patient test split, so that
no intra-patient model was trained on them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from ecg.atomic_files import write_atomically
from ecg.classes import AAMI_CLASSES, LABEL_OF_SYMBOL
from ecg.data.beat_table import BeatTable
from ecg.signal.kaggle_beat import BEAT_LENGTH, beat_lengths

LENGTH_TOLERANCE = 3
"""Samples by which an averaged beat may be shorter or longer than the most frequent length."""
FEWEST_BEATS = 20
"""An average of fewer beats of nearly the same length is blurred."""
FILE = Path(str(files("ecg.data"))) / "templates.csv"


@dataclass(frozen=True)
class Template:
    """The average of beats that have the same symbol and come from the same record.

    Attributes
    ----------
    symbol : str
        MIT-BIH symbol.
    record : str
        Name of the record.
    averaged : int
        Number of beats averaged.
    beat : tuple of float
        187 samples at 120 Hz, scaled to 0..1.
    """

    symbol: str
    record: str
    averaged: int
    beat: tuple[float, ...]

    @property
    def label(self) -> str:
        """AAMI class of the symbol."""
        return LABEL_OF_SYMBOL[self.symbol]

    @property
    def meaning(self) -> str:
        """The symbol in words."""
        return AAMI_CLASSES[self.label].symbols[self.symbol]


@cache
def load_templates() -> tuple[Template, ...]:
    """Read the templates that ship with the package, in the order of the classes, their symbols and the records."""
    rows = pd.read_csv(FILE, dtype={"record": str}).itertuples(index=False)
    return tuple(Template(symbol, record, averaged, tuple(beat)) for symbol, record, averaged, *beat in rows)


def average_beats(beats: np.ndarray) -> tuple[np.ndarray, int] | None:
    """Average the Kaggle beats, shape (n, 187), whose length is close to the most frequent one.

    Returns the average, scaled to 0..1 again, and the number of beats in it; None if there are fewer than 20.
    """
    lengths = beat_lengths(beats)
    most_frequent = np.bincount(lengths).argmax() if len(lengths) else 0
    alike = beats[np.abs(lengths - most_frequent) <= LENGTH_TOLERANCE]
    if len(alike) < FEWEST_BEATS:
        return None
    average = alike.mean(axis=0, dtype=np.float64)
    return (average - average.min()) / np.ptp(average), len(alike)


def make_templates(beat_table: BeatTable) -> list[Template]:
    """Average the test beats of every symbol in every record that holds enough of them."""
    test = beat_table.part("intra_patient", "test")
    templates = []
    for symbol in LABEL_OF_SYMBOL:
        of_symbol = test.symbols == symbol
        for record in np.unique(test.records[of_symbol]):
            averaged = average_beats(test.beats[of_symbol & (test.records == record)])
            if averaged is not None:
                beat = tuple(round(value, 4) for value in averaged[0].tolist())
                templates.append(Template(symbol, str(record), averaged[1], beat))
    return templates


def symbols_without_template(templates: Iterable[Template]) -> list[str]:
    """List the MIT-BIH symbols of which no record holds enough beats."""
    made = {template.symbol for template in templates}
    return [symbol for symbol in LABEL_OF_SYMBOL if symbol not in made]


def write_templates(templates: Iterable[Template]) -> None:
    """Write the templates that ship with the package."""
    rows = [[template.symbol, template.record, template.averaged, *template.beat] for template in templates]
    table = pd.DataFrame(rows, columns=["symbol", "record", "averaged", *range(BEAT_LENGTH)])
    write_atomically(FILE, table.to_csv(index=False))
