"""The table of beats, one row a beat, with the splits of both protocols."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ecg.atomic_files import write_atomically
from ecg.classes import LABELS
from ecg.data.splits import DIVIDING_PROTOCOLS, SPLITS
from ecg.errors import InputError
from ecg.signal.context_beat import ContextBeats
from ecg.signal.kaggle_beat import BEAT_LENGTH

if TYPE_CHECKING:
    import datasets


@dataclass(frozen=True)
class BeatTable:
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

    def part(self, protocol: str, split: str) -> "BeatTable":
        """Return the rows of one split (train, val or test) of a dividing protocol, in the order of the table.

        Raises
        ------
        InputError
            If the split has no rows.
        """
        rows = self.splits[protocol] == split
        if not rows.any():
            raise InputError(
                f"No beat belongs to the {split} split of the {protocol} protocol. Kaggle rows have no record unless their "
                "provenance is looked up; train on the raw records (--mitdb DIR) for the inter_patient protocol."
            )
        return self.rows(rows)

    def parts(self, protocol: str) -> dict[str, "BeatTable"]:
        """Return the rows to train, validate and test on, by split.

        Only the intra-patient protocol has a ``"val"``: the other two cross-validate over the records of ``"train"``. The
        protocol ``"all_patients"`` has no ``"test"``.

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

    def rows(self, chosen: np.ndarray) -> "BeatTable":
        """Return the rows that a mask or an array of positions names."""
        return BeatTable(
            self.beats[chosen],
            self.labels[chosen],
            self.symbols[chosen],
            self.records[chosen],
            self.samples[chosen],
            {protocol: split[chosen] for protocol, split in self.splits.items()},
            self.context and self.context.rows(chosen),
        )

    def fingerprint(self) -> str:
        """Return the SHA-256 checksum of the beats, their labels and their splits; it is the same on every machine."""
        digest = hashlib.sha256(self.beats.astype("<f4").tobytes())
        digest.update(self.labels.astype("<i8").tobytes())
        for protocol in DIVIDING_PROTOCOLS:
            digest.update(self.splits[protocol].astype("<U5").tobytes())
        return digest.hexdigest()

    def describe(self) -> dict[str, Any]:
        """Count the beats (``beats``, ``per_class``) and name the ``records`` they come from."""
        counts = np.bincount(self.labels, minlength=len(LABELS))
        return {
            "beats": len(self.labels),
            "per_class": dict(zip(LABELS, counts.tolist(), strict=True)),
            "records": [str(record) for record in np.unique(self.records) if record],
        }

    def to_dataset(self) -> "datasets.Dataset":
        """Return the table as a Hugging Face dataset.

        Its columns are ``beat`` (187 float32), ``label`` (ClassLabel), ``symbol``, ``record``, ``sample``, ``intra_split`` and
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
        """Write the table as a parquet file; an older one is replaced only when the new one is complete."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()  # in memory, because pyarrow ends the process where the disk is full
        self.to_dataset().to_parquet(content)
        write_atomically(path, content.getvalue())
