"""The table of all beats: from the raw records or from the Kaggle files, with the splits of both protocols.

    python -m ecg.data.beat_table --mitdb DIR --out beats.parquet      # cut from the MIT-BIH records: 109,446 beats
    python -m ecg.data.beat_table --kaggle DIR --out beats.parquet     # from mitbih_train.csv and mitbih_test.csv
    python -m ecg.data.beat_table --kaggle DIR --provenance            # and find the record and the sample of each row

The parquet file is a `datasets.Dataset`: ``datasets.load_dataset("parquet", data_files="beats.parquet")`` restores the
class names and the fixed length of the beats. Without ``--mitdb`` the records are looked for in ``ECG_MITDB_DIR``, then in
the user's cache, then downloaded.
"""

import argparse
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecg.atomic_files import write_atomically
from ecg.classes import LABEL_OF_SYMBOL, LABELS
from ecg.data import kaggle, mitdb
from ecg.data.lazy_context import RecordBeats, RecordContext
from ecg.data.splits import DIVIDING_PROTOCOLS, SPLITS, inter_patient_split, intra_patient_split, split_off_validation
from ecg.errors import InputError, explain_input_errors
from ecg.signal.context_beat import ContextBeats
from ecg.signal.kaggle_beat import BEAT_LENGTH, cut_kaggle_beats

if TYPE_CHECKING:
    import datasets

EXPECTED_COUNTS = {"N": 90_589, "S": 2_779, "V": 7_236, "F": 803, "Q": 8_039}
"""Beats of each class in all 48 records."""
NO_RECORD = ""
NO_SAMPLE = -1


@dataclass(frozen=True)
class Corpus:
    """A table of beats, one row a beat.

    Attributes
    ----------
    beats : ndarray of float32, shape (n, 187)
        Kaggle beats at 120 Hz, scaled to 0..1.
    labels : ndarray of int64, shape (n,)
        Class index, in the order N S V F Q.
    symbols : ndarray of str, shape (n,)
        MIT-BIH symbol; empty where it is not known.
    records : ndarray of str, shape (n,)
        Record the beat comes from; empty where it is not known.
    samples : ndarray of int64, shape (n,)
        Position of the beat's annotation in the record at 360 Hz; -1 where it is not known.
    splits : dict of str to ndarray of str, shape (n,)
        For each protocol ``"train"``, ``"val"``, ``"test"`` or, where the protocol leaves the beat out, an empty string.
    context : ContextBeats or None
        The same beats in their context; None where the recordings are not known. Those of the records are cut when they are
        first asked for.
    """

    beats: np.ndarray
    labels: np.ndarray
    symbols: np.ndarray
    records: np.ndarray
    samples: np.ndarray
    splits: dict[str, np.ndarray]
    context: ContextBeats | None = None

    def part(self, protocol: str, split: str) -> "Corpus":
        """Return the rows of one split.

        Parameters
        ----------
        protocol : str
            ``"intra_patient"`` or ``"inter_patient"``.
        split : str
            ``"train"``, ``"val"`` or ``"test"``.

        Returns
        -------
        Corpus
            The rows, in the order of the table.

        Raises
        ------
        InputError
            If there are none.
        """
        rows = self.splits[protocol] == split
        if not rows.any():
            raise InputError(
                f"No beat belongs to the {split} split of the {protocol} protocol. Kaggle rows have no record unless their "
                "provenance is looked up; train on the raw records (--mitdb DIR) for the inter_patient protocol."
            )
        return self.rows(rows)

    def parts(self, protocol: str) -> dict[str, "Corpus"]:
        """Return what is trained, validated and tested on.

        Parameters
        ----------
        protocol : str
            One of `ecg.data.splits.PROTOCOLS`.

        Returns
        -------
        dict of str to Corpus
            The rows by split. Only the intra-patient protocol has a ``"val"``: the records of the other two belong to
            ``"train"``, over which one cross-validates. With ``"all_patients"`` there is nothing but that.

        Raises
        ------
        InputError
            If a split has no rows.
        """
        if protocol == "intra_patient":
            return {split: self.part(protocol, split) for split in SPLITS}
        if protocol == "inter_patient":
            train = np.isin(self.splits[protocol], ("train", "val"))
            return {"train": self.rows(train), "test": self.part(protocol, "test")}
        return {"train": self}

    def rows(self, chosen: np.ndarray) -> "Corpus":
        """Return some rows of the table.

        Parameters
        ----------
        chosen : ndarray
            A mask, or positions.

        Returns
        -------
        Corpus
            Those rows.
        """
        return Corpus(
            self.beats[chosen],
            self.labels[chosen],
            self.symbols[chosen],
            self.records[chosen],
            self.samples[chosen],
            {protocol: split[chosen] for protocol, split in self.splits.items()},
            self.context and self.context.rows(chosen),
        )

    def fingerprint(self) -> str:
        """Return a checksum of the beats, their labels and their splits.

        Returns
        -------
        str
            SHA-256 in hexadecimal digits; the same for the same table on every machine.
        """
        digest = hashlib.sha256(self.beats.astype("<f4").tobytes())
        digest.update(self.labels.astype("<i8").tobytes())
        for protocol in DIVIDING_PROTOCOLS:
            digest.update(self.splits[protocol].astype("<U5").tobytes())
        return digest.hexdigest()

    def to_dataset(self) -> "datasets.Dataset":
        """Return the table as a Hugging Face dataset.

        Returns
        -------
        datasets.Dataset
            Columns ``beat`` (187 float32), ``label`` (ClassLabel), ``symbol``, ``record``, ``sample``, ``intra_split`` and
            ``inter_split``.
        """
        import datasets
        import pyarrow as pa

        features = datasets.Features(
            {
                "beat": datasets.List(datasets.Value("float32"), length=BEAT_LENGTH),
                "label": datasets.ClassLabel(names=list(LABELS)),
                "symbol": datasets.Value("string"),
                "record": datasets.Value("string"),
                "sample": datasets.Value("int32"),
                "intra_split": datasets.Value("string"),
                "inter_split": datasets.Value("string"),
            }
        )
        columns = [
            pa.FixedSizeListArray.from_arrays(pa.array(self.beats.ravel()), BEAT_LENGTH),
            pa.array(self.labels, pa.int64()),
            pa.array(self.symbols, pa.string()),
            pa.array(self.records, pa.string()),
            pa.array(self.samples, pa.int32()),
            pa.array(self.splits["intra_patient"], pa.string()),
            pa.array(self.splits["inter_patient"], pa.string()),
        ]
        table = pa.Table.from_arrays(columns, schema=features.arrow_schema)
        return datasets.Dataset(datasets.table.InMemoryTable(table))

    def write_parquet(self, path: Path) -> None:
        """Write the table as a parquet file; an older one is replaced only when the new one is whole.

        Parameters
        ----------
        path : Path
            The file.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()  # in memory, because pyarrow ends the process where the disk is full
        self.to_dataset().to_parquet(content)
        write_atomically(path, content.getvalue())


def from_records(directory: str | Path | None = None) -> Corpus:
    """Cut the beats of all 48 MIT-BIH records.

    Parameters
    ----------
    directory : str or Path, optional
        Folder of the records; see `ecg.data.mitdb.locate`.

    Returns
    -------
    Corpus
        109,446 beats in the order of the records and of time.

    Raises
    ------
    InputError
        If the records cannot be had or are not the published ones.
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
    return Corpus(
        beats=np.concatenate([cut.beats for cut in cuts.values()]),
        labels=labels,
        symbols=symbols,
        records=records,
        samples=np.concatenate([cut.samples for cut in cuts.values()]),
        splits={"intra_patient": intra_patient_split(labels), "inter_patient": inter_patient_split(records)},
        context=RecordContext(source, np.arange(len(labels))),
    )


def from_kaggle(directory: str | Path) -> Corpus:
    """Read the beats of the Kaggle files, keeping Kaggle's own test file as the test set.

    Parameters
    ----------
    directory : str or Path
        Folder with ``mitbih_train.csv`` and ``mitbih_test.csv``.

    Returns
    -------
    Corpus
        The rows of the training file and then those of the test file, without symbols and records.

    Raises
    ------
    InputError
        If a file is missing or is not what Kaggle publishes.
    """
    train_beats, train_labels = kaggle.read_csv(Path(directory) / kaggle.TRAIN_FILE)
    test_beats, test_labels = kaggle.read_csv(Path(directory) / kaggle.TEST_FILE)
    n = len(train_labels) + len(test_labels)
    return Corpus(
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


def with_provenance(rows: Corpus, source: Corpus) -> Corpus:
    """Give beats back the record and the sample they were cut from.

    Parameters
    ----------
    rows : Corpus
        Beats of unknown origin.
    source : Corpus
        Beats of known origin.

    Returns
    -------
    Corpus
        ``rows``, with symbol, record, sample and inter-patient split wherever the same beat with the same label is found.
        Equal beats are taken in the order of ``source``, each once.
    """
    found = kaggle.match_beats(rows.beats, rows.labels, source.beats, source.labels)
    known = found >= 0
    records = np.where(known, source.records[found], NO_RECORD)
    return Corpus(
        beats=rows.beats,
        labels=rows.labels,
        symbols=np.where(known, source.symbols[found], ""),
        records=records,
        samples=np.where(known, source.samples[found], NO_SAMPLE),
        splits={"intra_patient": rows.splits["intra_patient"], "inter_patient": inter_patient_split(records)},
    )


def label_indices(symbols: np.ndarray) -> np.ndarray:
    """Translate MIT-BIH symbols to class indices.

    Parameters
    ----------
    symbols : ndarray of str, shape (n,)
        Symbols of beats.

    Returns
    -------
    ndarray of int64, shape (n,)
        Class indices, in the order N S V F Q.
    """
    unique, inverse = np.unique(symbols, return_inverse=True)
    return np.array([LABELS.index(LABEL_OF_SYMBOL[symbol]) for symbol in unique])[inverse]


def _summary(corpus: Corpus) -> str:
    lines = [f"{len(corpus.labels):,} beats: " + _counts(corpus.labels)]
    for protocol, split in corpus.splits.items():
        lines += [
            f"  {protocol} {name}: {(split == name).sum():,} ({_counts(corpus.labels[split == name])})"
            for name in SPLITS
            if (split == name).any()
        ]
    return "\n".join(lines)


def _counts(labels: np.ndarray) -> str:
    counts = np.bincount(labels, minlength=len(LABELS))
    return ", ".join(f"{label} {count:,}" for label, count in zip(LABELS, counts, strict=True))


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Write the table of all beats.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mitdb", metavar="DIR", help="folder of the MIT-BIH records")
    parser.add_argument("--kaggle", metavar="DIR", help="folder of mitbih_train.csv and mitbih_test.csv")
    parser.add_argument("--provenance", action="store_true", help="find record and sample of each Kaggle row")
    parser.add_argument("--out", metavar="FILE", type=Path, default=Path("beats.parquet"), help="default: %(default)s")
    options = parser.parse_args(arguments)
    if options.provenance and not options.kaggle:
        parser.error("--provenance goes with --kaggle DIR: beats cut from the records know where they come from")

    corpus = from_kaggle(options.kaggle) if options.kaggle else from_records(options.mitdb)
    if options.provenance:
        corpus = with_provenance(corpus, from_records(options.mitdb))
        known = (corpus.records != NO_RECORD).sum()
        print(f"{known:,} of {len(corpus.records):,} Kaggle rows found in the records")
    corpus.write_parquet(options.out)
    print(_summary(corpus))
    print(f"written to {options.out}")


if __name__ == "__main__":
    main()
