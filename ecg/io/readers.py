"""Read recordings from WFDB, EDF, CSV and NPY files, or from a zip of one of them."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import edfio
import numpy as np
import wfdb

from ecg.errors import InputError
from ecg.io.csv_signal import open_csv
from ecg.io.recording import LABELS_OF_SYMBOLS, Annotation, Recording, Source, take_lead
from ecg.io.safe_zip import unpack
from ecg.io.wfdb_annotations import read_annotations
from ecg.io.wfdb_headers import MOST_SIGNALS, bits_needed, check_checksums, first_words, read_header

ANNOTATOR = "atr"
"""Extension of the reference annotations."""
UNKNOWN = -1
"""Number of data records of an EDF file that is still being written."""
FORMATS = (
    "a WFDB header (.hea) with its signal file (.dat), EDF (.edf), CSV (.csv, .tsv or .txt), NPY (.npy), or a zip of one of "
    "them"
)


def read_recording(
    files: str | Path | Sequence[str | Path], fs: float | None = None, unit: str | None = None, lead: str | None = None
) -> Recording:
    """Read one lead of a recording.

    Parameters
    ----------
    files : path or sequence of paths
        The file. For a WFDB record: its header, with its other files in the same folder, or all of its files.
    fs, unit, lead : optional
        What the file does not state; see `ecg.io.recording.take_lead`.

    Raises
    ------
    InputError
        If the files hold no recording, or their content contradicts what they state.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(file) for file in ([files] if isinstance(files, (str, Path)) else files)]
        if missing := [str(path) for path in paths if not path.is_file()]:
            raise InputError(f"{missing[0]} does not exist, or is no file. Give the path of a recording: {FORMATS}.")
        return take_lead(open_recording(paths, Path(folder)), fs, unit, lead)


def open_recording(files: Sequence[Path], folder: Path) -> Source:
    """Find out what the files of a recording hold. They may be unpacked into `folder`, which is empty.

    Raises
    ------
    InputError
        If the files are no recording.
    """
    zips = [file for file in files if file.suffix.lower() == ".zip"]
    if zips:
        if len(files) > 1:
            raise InputError("Besides the zip there are other files. Give the zip alone, or the files without it.")
        files = unpack(zips[0], folder)
    headers = [file for file in files if file.suffix.lower() == ".hea"]
    if headers:
        alone = len(files) == 1  # a header beside which the other files are, or which they lack
        return open_wfdb(files[0].with_suffix("") if alone else _put_together(files, headers, folder))
    readable = [file for file in files if file.suffix.lower() in OPENERS]
    if len(readable) != 1:
        names = ", ".join(file.name[:60] for file in files[:5]) or "no file"
        what = "none of these is a recording" if not readable else f"there are {len(readable)} recordings; give one at a time"
        raise InputError(f"{names}: {what}. What is read: {FORMATS}.")
    return OPENERS[readable[0].suffix.lower()](readable[0])


def open_wfdb(stem: Path) -> Source:
    """Find out what a WFDB record holds; `stem` is the path of its files without the extension.

    Raises
    ------
    InputError
        If a file is missing or damaged, or the signal is not as the header states.
    """

    def load(index: int) -> np.ndarray:
        _explained(stem, lambda: check_checksums(stem, header, index))
        bits = bits_needed(stem, header)
        values = _explained(stem, lambda: wfdb.rdrecord(str(stem), channels=[index], return_res=bits).p_signal[:, 0])
        if len(values) != header.sig_len:
            raise InputError(f"{stem.name}.hea promises {header.sig_len:,} samples, there are {len(values):,}.")
        return np.asarray(values)

    header = _explained(stem, lambda: read_header(stem))
    described = next((segment for segment in getattr(header, "segments", None) or [] if segment), header)
    leads = tuple(name or "" for name in described.sig_name or ())
    if not leads or not header.sig_len:
        raise InputError(f"{stem.name}.hea names no signal, or one without samples.")
    units = tuple(described.units or [""] * len(leads))
    return Source(stem.name, leads, units, (float(header.fs),) * len(leads), load, _annotation(stem, header))


def _annotation(stem: Path, header: Any) -> Annotation | None:
    file = stem.with_name(f"{stem.name}.{ANNOTATOR}")
    if not file.is_file():
        return None
    positions, symbols = read_annotations(file, header.fs)
    beats = np.isin(symbols, list(LABELS_OF_SYMBOLS)) & (positions >= 0) & (positions < header.sig_len)
    return Annotation(positions[beats], symbols[beats])


def _open_edf(file: Path) -> Source:
    def load(index: int) -> np.ndarray:
        return np.asarray(_explained(file, lambda: edf.signals[index].data), dtype=np.float64)

    edf = _explained(file, lambda: edfio.read_edf(file))
    promised = _explained(file, lambda: _promised_records(file))
    if promised not in (UNKNOWN, edf.num_data_records):
        raise InputError(
            f"{file.name} promises {promised:,} data records and holds {edf.num_data_records:,}: the upload is incomplete, or "
            "the file is damaged."
        )
    if not edf.signals:
        raise InputError(f"{file.name} holds no signal.")
    return Source(
        file.stem,
        tuple(signal.label for signal in edf.signals),
        tuple(signal.physical_dimension for signal in edf.signals),
        tuple(float(signal.sampling_frequency) for signal in edf.signals),
        load,
    )


def _promised_records(file: Path) -> int:
    with file.open("rb") as opened:
        return int(opened.read(244)[236:])


def as_leads(values: np.ndarray) -> np.ndarray:
    """Return an array of samples, one- or two-dimensional, with one row a lead: the shorter side counts the leads."""
    columns = values.reshape(len(values), -1)
    return columns if columns.shape[0] < columns.shape[1] else columns.T


def _open_npy(file: Path) -> Source:
    # the file is mapped, so that one that promises terabytes is refused before they are asked for
    values = _explained(file, lambda: np.load(file, mmap_mode="r", allow_pickle=False))
    if not isinstance(values, np.ndarray) or values.ndim not in (1, 2) or values.dtype.kind not in "iuf" or not values.size:
        found = f"{values.dtype.name} of the shape {values.shape}" if isinstance(values, np.ndarray) else "several arrays"
        raise InputError(f"{file.name} holds {found}; real numbers of the shape (samples,) or (samples, leads) are expected.")
    leads = as_leads(values)
    if len(leads) > MOST_SIGNALS:
        raise InputError(f"{file.name} has the shape {values.shape}; at most {MOST_SIGNALS} leads are expected.")
    return Source(
        file.stem, ("",) * len(leads), ("",) * len(leads), (None,) * len(leads), lambda index: leads[index].astype(np.float64)
    )


OPENERS: dict[str, Callable[[Path], Source]] = {
    ".edf": _open_edf,
    ".npy": _open_npy,
    ".csv": open_csv,
    ".tsv": open_csv,
    ".txt": open_csv,
}


def _put_together(files: Sequence[Path], headers: list[Path], folder: Path) -> Path:
    """Put the files of a WFDB record into one folder (uploads have one each), and return the record's stem there."""
    by_stem = {file.stem: file for file in headers}
    if len(by_stem) > 1:  # the record that is made of segments names them in its header
        by_stem = {stem: file for stem, file in by_stem.items() if "/" in "".join(first_words(file)[:1])} or by_stem
    if len(by_stem) > 1:
        raise InputError(
            f"There are {len(by_stem)} WFDB headers ({', '.join(list(by_stem)[:5])}). Give one recording at a time."
        )
    for file in files:
        target = folder / file.name
        if not target.exists():
            target.symlink_to(file.resolve())
    (stem,) = by_stem
    return folder / stem


def _explained(file: Path, read: Callable[[], Any]) -> Any:
    # the readers check little, and what a damaged file makes them raise is not documented
    try:
        return read()
    except InputError:
        raise
    except FileNotFoundError as error:
        missing = Path(error.filename or "").name
        raise InputError(
            f"{file.name}: the file {missing} is missing. A WFDB record is a header and all files that it names."
        ) from None
    except Exception as error:
        raise InputError(f"{file.name} cannot be read: it is damaged, or it is something else than its name says.") from error
