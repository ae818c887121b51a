"""Beats of the MIT-BIH records in context, cut when they are first used: cutting them takes longest of all."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ecg.classes import LABEL_OF_SYMBOL
from ecg.data import mitdb
from ecg.signal.context_beat import ContextBeats, cut_context_beats


@dataclass(frozen=True)
class RecordBeats:
    """Annotated beats of the records in a folder of `ecg.data.mitdb.locate`: by record, their rising positions."""

    folder: Path
    samples: dict[str, np.ndarray]

    @cached_property
    def in_context(self) -> ContextBeats:
        """All beats in context, one record after another."""
        return ContextBeats.concatenate([self._of(record) for record in mitdb.read_records(self.folder, self.samples)])

    def _of(self, record: mitdb.Record) -> ContextBeats:
        peaks = record.samples[np.isin(record.symbols, list(LABEL_OF_SYMBOL))]
        return cut_context_beats(record.signal, mitdb.FS, peaks).rows(np.searchsorted(peaks, self.samples[record.name]))


class RecordContext(ContextBeats):
    """Beats in context that are cut when they are first used. All beats of a table are cut together, once.

    Parameters
    ----------
    source : RecordBeats
        Beats of the records.
    chosen : ndarray of int64, shape (n,)
        Positions of the n beats among those of `source`.
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
