"""Write the table of all beats as a parquet file.

    python -m ecg beats --mitdb DIR --out beats.parquet      # cut from the MIT-BIH records: 109,446 beats
    python -m ecg beats --kaggle DIR --out beats.parquet     # from mitbih_train.csv and mitbih_test.csv
    python -m ecg beats --kaggle DIR --provenance            # and find the record and the sample of each row

The file is a `datasets.Dataset`: ``datasets.load_dataset("parquet", data_files="beats.parquet")`` restores the class names
and the fixed length of the beats. Without ``--mitdb`` the records are looked for in ``ECG_MITDB_DIR``, then in the user's
cache, then downloaded.
"""

from pathlib import Path

import numpy as np

from ecg.classes import LABELS
from ecg.commands.arguments import command_parser
from ecg.data.beat_sources import NO_RECORD, read_kaggle_beats, read_mitdb_beats, with_provenance
from ecg.data.beat_table import BeatTable
from ecg.data.splits import SPLITS
from ecg.errors import explain_input_errors


def _summary(beat_table: BeatTable) -> str:
    lines = [f"{len(beat_table.labels):,} beats: " + _counts(beat_table.labels)]
    for protocol, split in beat_table.splits.items():
        lines += [
            f"  {protocol} {name}: {(split == name).sum():,} ({_counts(beat_table.labels[split == name])})"
            for name in SPLITS
            if (split == name).any()
        ]
    return "\n".join(lines)


def _counts(labels: np.ndarray) -> str:
    counts = np.bincount(labels, minlength=len(LABELS))
    return ", ".join(f"{label} {count:,}" for label, count in zip(LABELS, counts, strict=True))


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Write the table of all beats."""
    parser = command_parser("beats", __doc__)
    parser.add_argument("--mitdb", metavar="DIR", help="folder of the MIT-BIH records")
    parser.add_argument("--kaggle", metavar="DIR", help="folder of mitbih_train.csv and mitbih_test.csv")
    parser.add_argument("--provenance", action="store_true", help="find record and sample of each Kaggle row")
    parser.add_argument("--out", metavar="FILE", type=Path, default=Path("beats.parquet"), help="default: %(default)s")
    options = parser.parse_args(arguments)
    if options.provenance and not options.kaggle:
        parser.error("--provenance goes with --kaggle DIR: the table of beats cut from the records already has it")

    beat_table = read_kaggle_beats(options.kaggle) if options.kaggle else read_mitdb_beats(options.mitdb)
    if options.provenance:
        beat_table = with_provenance(beat_table, read_mitdb_beats(options.mitdb))
        found = (beat_table.records != NO_RECORD).sum()
        print(f"{found:,} of {len(beat_table.records):,} Kaggle rows found in the records")
    beat_table.write_parquet(options.out)
    print(_summary(beat_table))
    print(f"written to {options.out}")
