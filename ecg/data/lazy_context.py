"""Beats of the MIT-BIH records in context, cut when somebody first asks for them: that takes longer than all else."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ecg.classes import LABEL_OF_SYMBOL
from ecg.data import mitdb
from ecg.signal.context_beat import ContextBeats, cut_context_beats


@dataclass(frozen=True)
class RecordBeats:
    """Annotated beats of the records.

    Attributes
    ----------
    folder : Path
        A folder from `ecg.data.mitdb.locate`.
    samples : dict of str to ndarray of int64
        By record, positions of the beats, rising.
    """

    folder: Path
    samples: dict[str, np.ndarray]

    @cached_property
    def in_context(self) -> ContextBeats:
        """All of them, one record after another."""
        return ContextBeats.concatenate([self._of(record) for record in mitdb.read_records(self.folder, self.samples)])

    def _of(self, record: mitdb.Record) -> ContextBeats:
        peaks = record.samples[np.isin(record.symbols, list(LABEL_OF_SYMBOL))]
        return cut_context_beats(record.signal, mitdb.FS, peaks).rows(np.searchsorted(peaks, self.samples[record.name]))


class RecordContext(ContextBeats):
    """Beats in context that may not have been cut yet. All rows of a table are cut together, once.

    Parameters
    ----------
    source : RecordBeats
        Beats of the records.
    chosen : ndarray of int64, shape (n,)
        Positions among them of those that are meant.
    """

    source: RecordBeats
    chosen: np.ndarray

    def __init__(self, source: RecordBeats, chosen: np.ndarray) -> None:
        self.__dict__.update(source=source, chosen=chosen)  # the class above is frozen

    @cached_property
    def beats(self) -> np.ndarray:
        """See `ContextBeats`."""
        return self.source.in_context.beats[self.chosen]

    @cached_property
    def rhythm(self) -> np.ndarray:
        """See `ContextBeats`."""
        return self.source.in_context.rhythm[self.chosen]

    def rows(self, chosen: np.ndarray) -> "RecordContext":
        """See `ContextBeats`."""
        return RecordContext(self.source, self.chosen[chosen])
