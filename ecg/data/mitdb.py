"""The 48 records of the MIT-BIH Arrhythmia Database: where they are, and what they hold.

Moody GB, Mark RG. The impact of the MIT-BIH Arrhythmia Database. IEEE Eng in Med and Biol 20(3):45-50 (2001).
https://physionet.org/content/mitdb/1.0.0/, doi 10.13026/C2F305.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import platformdirs

from ecg.checksums import sha256
from ecg.data import download
from ecg.errors import InputError
from ecg.io.wfdb_annotations import read_all_annotations

DATABASE = "mitdb/1.0.0"
FS = 360
"""Sampling rate of the records, in Hz."""
N_SAMPLES = 650_000
"""Samples of each record: about 30 minutes."""
BYTES = N_SAMPLES * 3
"""Bytes of each signal file: format 212 packs one sample of each of the two channels into three."""

DS1 = tuple("101 106 108 109 112 114 115 116 118 119 122 124 201 203 205 207 208 209 215 220 223 230".split())
DS2 = tuple("100 103 105 111 113 117 121 123 200 202 210 212 213 214 219 221 222 228 231 232 233 234".split())
PACED = ("102", "104", "107", "217")
RECORDS = tuple(sorted(DS1 + DS2 + PACED))
"""All records. DS1, DS2 and the paced four: de Chazal et al. (2004), doi 10.1109/TBME.2004.827359."""

ENVIRONMENT_VARIABLE = "ECG_MITDB_DIR"


@dataclass(frozen=True)
class Record:
    """One annotated record.

    Attributes
    ----------
    name : str
        Name of the record, such as ``"208"``.
    signal : ndarray of int16, shape (650000,)
        Channel 0 at 360 Hz, in raw units of the analogue-to-digital converter (200 a millivolt).
    samples : ndarray of int64, shape (n,)
        Positions of all annotations in ``signal``, in the order of time.
    symbols : ndarray of str, shape (n,)
        Symbols of all annotations, also of those that are no beats.
    """

    name: str
    signal: np.ndarray
    samples: np.ndarray
    symbols: np.ndarray


def locate(directory: str | Path | None = None) -> Path:
    """Find the folder that holds the records; download them from PhysioNet if necessary.

    `directory` names the folder. Without it the environment variable ``ECG_MITDB_DIR`` does; without that it is the user's
    cache folder, which is completed by a download. The files of the folder have been verified.

    Raises
    ------
    InputError
        If a file is missing or is not the published one, or the download fails.
    """
    given = directory or os.environ.get(ENVIRONMENT_VARIABLE)
    folder = Path(given).expanduser() if given else cache_folder()
    if not given:
        _download(folder)
    verify(folder)
    return folder


def cache_folder() -> Path:
    """Return the folder of the user's cache for downloaded records; it need not exist."""
    return platformdirs.user_cache_path("ecg-heartbeat") / "mitdb"


def find() -> Path | None:
    """Find the folder of the records without a download; None if it lacks a file.

    It is the folder that ``ECG_MITDB_DIR`` names, else that of the user's cache.
    """
    folder = Path(os.environ.get(ENVIRONMENT_VARIABLE) or cache_folder()).expanduser()
    complete = all((folder / name).is_file() for name in published_checksums())
    return folder if complete else None


def verify(folder: Path) -> None:
    """Check that a folder holds every ``.hea``, ``.dat`` and ``.atr`` file, byte for byte as PhysioNet publishes it.

    Raises
    ------
    InputError
        If a file is missing or differs.
    """
    if not folder.is_dir():
        raise InputError(f"The MIT-BIH folder {folder} does not exist. {_REMEDY}")
    checksums = published_checksums()
    missing = [name for name in checksums if not (folder / name).is_file()]
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise InputError(f"{folder} lacks {len(missing)} of the {len(checksums)} files: {shown}. {_REMEDY}")
    for name, checksum in checksums.items():
        if sha256(folder / name) != checksum:
            raise InputError(f"{folder / name} {_what_is_wrong(folder / name)}. Delete it. {_REMEDY}")


def published_checksums() -> dict[str, str]:
    """Return the SHA-256 checksum of each of the 144 files that are needed, by file name."""
    lines = files("ecg.data").joinpath("mitdb.sha256").read_text().splitlines()
    return {name: checksum for checksum, name in map(str.split, lines)}


def read_record(folder: Path, name: str) -> Record:
    """Read channel 0 and the annotations of one record from a folder of `locate`.

    Raises
    ------
    InputError
        If the record is none of the 48, or its files are incomplete.
    """
    if name not in RECORDS:
        raise InputError(f"MIT-BIH has no record {name!r}. Its records: {' '.join(RECORDS)}.")
    file = folder / f"{name}.dat"
    content = file.read_bytes()
    if len(content) != BYTES:
        raise InputError(f"{file} {_what_is_wrong(file)}. {_REMEDY}")
    samples, symbols = read_all_annotations(folder / f"{name}.atr", FS)
    return Record(name, first_signal(content), samples, symbols)


def first_signal(content: bytes) -> np.ndarray:
    """Unpack the first of two signals in format 212, which packs one sample of each into three bytes.

    Returns int16 samples from -2048 to 2047, one for each three bytes. Source of the format:
    https://physionet.org/physiotools/wag/signal-5.htm
    """
    first_two_bytes = np.ndarray(len(content) // 3, "<i2", content, strides=(3,))
    return first_two_bytes << 4 >> 4  # the upper four bits belong to the other signal


def read_records(folder: Path, names: Iterable[str] = RECORDS) -> Iterator[Record]:
    """Read several records, by default all, one after another from a folder of `locate`."""
    for name in names:
        yield read_record(folder, name)


_REMEDY = (
    f"Give a folder with the .hea, .dat and .atr files of all {len(RECORDS)} records (--mitdb DIR, or "
    f"{ENVIRONMENT_VARIABLE}), or leave both out and they are downloaded from PhysioNet."
)


def _what_is_wrong(path: Path) -> str:
    size = path.stat().st_size
    if path.suffix == ".dat" and size != BYTES:
        return f"has {size:,} bytes where {BYTES:,} ({N_SAMPLES:,} samples) are expected"
    return "is not the file that PhysioNet publishes (its SHA-256 checksum differs)"


def _download(folder: Path) -> None:
    try:
        download.download(DATABASE, published_checksums(), folder)
    except OSError as error:
        raise InputError(
            f"The MIT-BIH records could not be downloaded to {folder}: {error}. What has arrived is kept and the next "
            f"try goes on from there. Or give a folder that holds them: --mitdb DIR, or {ENVIRONMENT_VARIABLE}."
        ) from error
