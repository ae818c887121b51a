"""Make the table of beats: from the raw MIT-BIH records, or from the Kaggle files."""

from pathlib import Path

import numpy as np

from ecg.classes import LABEL_OF_SYMBOL, LABELS
from ecg.data import kaggle, mitdb
from ecg.data.beat_table import BeatTable
from ecg.data.lazy_context import RecordBeats, RecordContext
from ecg.data.splits import inter_patient_split, intra_patient_split, split_off_validation
from ecg.errors import InputError
from ecg.signal.kaggle_beat import cut_kaggle_beats

EXPECTED_COUNTS = {"N": 90_589, "S": 2_779, "V": 7_236, "F": 803, "Q": 8_039}
"""Beats of each class in all 48 records."""
NO_RECORD = ""
NO_SAMPLE = -1


def read_mitdb_beats(directory: str | Path | None = None) -> BeatTable:
    """Cut the 109,446 beats of all 48 MIT-BIH records, in the order of the records and of time.

    `directory` is the folder of the records; without it see `ecg.data.mitdb.locate`.

    Raises
    ------
    InputError
        If the records cannot be found or downloaded, or are not the published ones.
    """
    folder = mitdb.locate(directory)
    cuts = {
        record.name: cut_kaggle_beats(record.signal, record.samples, record.symbols) for record in mitdb.read_records(folder)
    }
    symbols = np.concatenate([cut.symbols for cut in cuts.values()])
    labels = label_indices(symbols)
    counts = dict(zip(LABELS, np.bincount(labels, minlength=len(LABELS)).tolist(), strict=True))
    if counts != EXPECTED_COUNTS:
        raise InputError(f"The records in {folder} give the beats {counts}; {EXPECTED_COUNTS} are expected.")
    records = np.repeat(list(cuts), [len(cut.samples) for cut in cuts.values()])
    source = RecordBeats(folder, {name: cut.samples for name, cut in cuts.items()})
    return BeatTable(
        beats=np.concatenate([cut.beats for cut in cuts.values()]),
        labels=labels,
        symbols=symbols,
        records=records,
        samples=np.concatenate([cut.samples for cut in cuts.values()]),
        splits={"intra_patient": intra_patient_split(labels), "inter_patient": inter_patient_split(records)},
        context=RecordContext(source, np.arange(len(labels))),
    )


def read_kaggle_beats(directory: str | Path) -> BeatTable:
    """Read the beats of ``mitbih_train.csv`` and ``mitbih_test.csv``; the second file is the test split.

    The Kaggle files tell neither symbols nor records.

    Raises
    ------
    InputError
        If a file is missing or is not what Kaggle publishes.
    """
    train_beats, train_labels = kaggle.read_csv(Path(directory) / kaggle.TRAIN_FILE)
    test_beats, test_labels = kaggle.read_csv(Path(directory) / kaggle.TEST_FILE)
    n = len(train_labels) + len(test_labels)
    return BeatTable(
        beats=np.concatenate([train_beats, test_beats]),
        labels=np.concatenate([train_labels, test_labels]),
        symbols=np.full(n, "", dtype="<U1"),
        records=np.full(n, NO_RECORD, dtype="<U3"),
        samples=np.full(n, NO_SAMPLE),
        splits={
            "intra_patient": np.append(split_off_validation(train_labels), np.full(len(test_labels), "test")),
            "inter_patient": np.full(n, "", dtype="<U5"),
        },
    )


def with_provenance(rows: BeatTable, source: BeatTable) -> BeatTable:
    """Add symbol, record, sample and inter-patient split to the rows whose beat and label are found in `source`.

    Equal beats are taken in the order of `source`, each once.
    """
    found = kaggle.match_beats(rows.beats, rows.labels, source.beats, source.labels)
    known = found >= 0
    records = np.where(known, source.records[found], NO_RECORD)
    return BeatTable(
        beats=rows.beats,
        labels=rows.labels,
        symbols=np.where(known, source.symbols[found], ""),
        records=records,
        samples=np.where(known, source.samples[found], NO_SAMPLE),
        splits={"intra_patient": rows.splits["intra_patient"], "inter_patient": inter_patient_split(records)},
    )


def label_indices(symbols: np.ndarray) -> np.ndarray:
    """Translate MIT-BIH symbols of beats, shape (n,), to class indices in the order N S V F Q."""
    unique, inverse = np.unique(symbols, return_inverse=True)
    return np.array([LABELS.index(LABEL_OF_SYMBOL[symbol]) for symbol in unique])[inverse]
