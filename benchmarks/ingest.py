"""Measure the time from the raw MIT-BIH records to the table of all beats, beside wfdb, which only reads them.

Ours verifies the checksum of every file, reads channel 0 and the annotations, cuts 109,446 beats and splits them; in a second
comparison it also writes a parquet file. wfdb is called as in its documentation, for whole records in physical units, and in
its fastest way: channel 0 in the units of the file.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import datasets
import wfdb

from benchmarks.machine import bytes_hashed_per_second, seconds_to_read
from benchmarks.measuring import Comparison, side_by_side
from ecg.data import mitdb
from ecg.data.beat_sources import read_mitdb_beats

IN_MEMORY, AS_PARQUET, AT_LEAST = 1 / 0.9, 1 / 1.3, 1.0
"""Wanted ratios of wfdb's time to ours: the table, the table as a file, and the table beside wfdb at its fastest."""
CONDITIONS = "one thread; files in the system's cache; the 48 records; imports not counted"
TABLE = "MIT-BIH records to the table of 109,446 beats"


def measure(quick: bool) -> list[Comparison]:
    """Measure, in three rounds if ``quick``, else seven. Raises `InputError` without the MIT-BIH records."""
    folder = mitdb.locate()
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "beats.parquet"
        contestants: dict[str, Callable[[], object]] = {
            "table": lambda: read_mitdb_beats(folder),
            "wfdb": lambda: _read(folder),
            "parquet": lambda: read_mitdb_beats(folder).write_parquet(file),
            "wfdb at its fastest": lambda: _read(folder, channels=[0], physical=False, return_res=16),
        }
        datasets.disable_progress_bars()
        taken = side_by_side(contestants, rounds=3 if quick else 7)
        datasets.enable_progress_bars()
        written = file.stat().st_size
    files = sorted(folder / name for name in mitdb.published_checksums())
    hashed = sum(path.stat().st_size for path in files)
    limit = seconds_to_read(files) + hashed / bytes_hashed_per_second()
    limit_of = f"reading {hashed / 1e6:.0f} MB and working out their SHA-256 checksums"
    plain, fastest = "wfdb.rdrecord and rdann, reading alone", "wfdb, channel 0 in the units of the file, reading alone"
    as_file = f"{TABLE}, written as a parquet file of {written / 1e6:.0f} MB"
    return [
        Comparison(TABLE, plain, taken["table"], taken["wfdb"], IN_MEMORY, CONDITIONS, limit, limit_of),
        Comparison(
            f"{TABLE}, again", fastest, taken["table"], taken["wfdb at its fastest"], AT_LEAST, CONDITIONS, limit, limit_of
        ),
        Comparison(as_file, plain, taken["parquet"], taken["wfdb"], AS_PARQUET, CONDITIONS, limit, limit_of),
    ]


def _read(folder: Path, **options: object) -> None:
    for name in mitdb.RECORDS:
        wfdb.rdrecord(str(folder / name), **options)
        wfdb.rdann(str(folder / name), "atr")
