"""Valid inputs of every kind the demo reads, made in code from a synthetic heart."""

import io
import itertools
import json
import tempfile
import zipfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import edfio
import numpy as np
import wfdb

from ecg.signal.kaggle_beat import BEAT_LENGTH
from tests.fuzz.wfdb_formats import PACKERS
from tests.signal.test_context_beat import heart

FS = 125
ECG = heart(FS, seconds=12)[0]
KAGGLE_ROWS = 12
"""Rows of the made Kaggle files."""


@dataclass(frozen=True)
class Case:
    """One input.

    Attributes
    ----------
    parser : str
        Who reads it, of `tests.fuzz.trial.PARSERS`.
    kind : str
        What kind of input it was before it was damaged.
    files : dict of str to bytes
        Its files by name; those of the API hold the JSON of one argument.
    fs, lead, unit : optional
        What the person says of a recording.
    damage : tuple of str
        What was done to it, in order.
    """

    parser: str
    kind: str
    files: dict[str, bytes]
    fs: float | None = None
    lead: str | None = None
    unit: str | None = None
    damage: tuple[str, ...] = ()


@cache
def seeds() -> tuple[Case, ...]:
    """Make all valid inputs.

    Returns
    -------
    tuple of Case
        One of each kind; the recordings hold `ECG`.
    """
    recordings = [*_wfdb(), *_edf(), *_csv(), *_npy()]
    return (*recordings, *_zips({case.kind: case for case in recordings}), *_beats())


def _wfdb() -> list[Case]:
    cases = [Case("wfdb", f"WFDB format {fmt}", record(fmt)) for fmt in PACKERS]
    annotated = record("16") | {"mine.atr": _annotation()}
    half = len(ECG) // 2
    first, second = (record("16", name, part) for name, part in (("mine_1", ECG[:half]), ("mine_2", ECG[half:])))
    fixed = f"mine/2 2 {FS} {len(ECG)}\nmine_1 {half}\nmine_2 {len(ECG) - half}\n"
    layout = f"mine_0 2 {FS} 0\n~ 0 200 12 0 0 0 0 V1\n~ 0 200 12 0 0 0 0 MLII\n"
    variable = f"mine/4 2 {FS} {len(ECG) + 50}\nmine_0 0\nmine_1 {half}\n~ 50\nmine_2 {len(ECG) - half}\n"
    return [
        *cases,
        Case("wfdb", "WFDB with annotations", annotated),
        Case("wfdb", "WFDB in segments", {"mine.hea": fixed.encode(), **first, **second}),
        Case(
            "wfdb",
            "WFDB in segments with a gap",
            {"mine.hea": variable.encode(), "mine_0.hea": layout.encode(), **first, **second},
        ),
    ]


def record(fmt: str, name: str = "mine", ecg: np.ndarray = ECG) -> dict[str, bytes]:
    """Make a WFDB record of the leads V1 (the ECG upside down) and MLII (the ECG).

    Parameters
    ----------
    fmt : str
        Format of its signal file, one of `PACKERS`.
    name : str, optional
        What it is called.
    ecg : ndarray of float, shape (m,), optional
        The ECG in mV.

    Returns
    -------
    dict of str to bytes
        The header and the signal file.
    """
    gain = 80 if fmt in ("8", "80") else 200
    frames = np.round(gain * np.stack([-ecg, ecg], axis=1)).astype(np.int64)  # (m, 2)
    lines = [f"{name} 2 {FS} {len(ecg)}"]
    for lead, samples in zip(("V1", "MLII"), frames.T, strict=True):
        checksum = (int(samples.sum()) + 32768) % 65536 - 32768
        lines.append(f"{name}.dat {fmt} {gain}(0)/mV 12 0 {samples[0]} {checksum} 0 {lead}")
    return {f"{name}.hea": ("\n".join(lines) + "\n").encode(), f"{name}.dat": PACKERS[fmt](frames)}


def _annotation() -> bytes:
    peaks = heart(FS, seconds=12)[1]
    with tempfile.TemporaryDirectory() as folder:
        wfdb.wrann("mine", "atr", peaks, ["N"] * len(peaks), fs=FS, write_dir=folder)
        return (Path(folder) / "mine.atr").read_bytes()


def _edf() -> list[Case]:
    hum = np.sin(np.arange(12 * 100))
    signals = [
        edfio.EdfSignal(hum, sampling_frequency=100, label="EEG Fpz", physical_dimension="uV"),
        edfio.EdfSignal(ECG, sampling_frequency=FS, label="ECG II", physical_dimension="mV"),
    ]
    notes = [edfio.EdfAnnotation(1, None, "lights out")]
    plain, annotated = io.BytesIO(), io.BytesIO()
    edfio.Edf(signals).write(plain)
    edfio.Edf(signals, annotations=notes).write(annotated)
    return [
        Case("edf", "EDF", {"night.edf": plain.getvalue()}),
        Case("edf", "EDF+ with annotations", {"night.edf": annotated.getvalue()}),
    ]


def _csv() -> list[Case]:
    rows = list(enumerate(ECG))
    pair = "".join(f"{-value:.4f},{value:.4f}\n" for _, value in rows)
    texts = {
        "one column": "".join(f"{value:.4f}\n" for _, value in rows),
        "names": "V1,MLII (mV)\n" + pair,
        "PhysioNet's": "'Elapsed time','MLII'\n'seconds','mV'\n" + "".join(f"{n / FS:.3f},{v:.4f}\n" for n, v in rows),
        "semicolons and decimal commas": "sample;II\n" + "".join(f"{n};{v:.4f}\n" for n, v in rows).replace(".", ","),
        "tabs and times in ms": "time_ms\tII\n" + "".join(f"{1000 * n // FS}\t{v:.4f}\n" for n, v in rows),
        "blanks and a comment": "# a watch\n" + pair.replace(",", "  "),
        "a BOM and gaps": "\ufeffMLII\n" + "".join("NaN\n" if 50 < n < 60 else f"{v:.4f}\n" for n, v in rows),
    }
    leads = {"blanks and a comment": "2"}
    return [Case("csv", f"CSV: {what}", {"mine.csv": text.encode()}, FS, leads.get(what)) for what, text in texts.items()]


def _npy() -> list[Case]:
    two = np.stack([-ECG, ECG], axis=1)
    arrays = {
        "float64": ECG,
        "float32, two leads": two.astype("f4"),
        "int16, leads first": np.round(1000 * two.T).astype("i2"),
        "big-endian": ECG.astype(">f8"),
        "Fortran order": np.asfortranarray(two),
    }
    return [
        Case("npy", f"NPY: {what}", {"mine.npy": npy(array)}, FS, "2" if array.ndim == 2 else None)
        for what, array in arrays.items()
    ]


def npy(array: np.ndarray) -> bytes:
    """Write an array as an NPY file would hold it.

    Parameters
    ----------
    array : ndarray
        Any array.

    Returns
    -------
    bytes
        The content of the file.
    """
    content = io.BytesIO()
    np.save(content, array, allow_pickle=True)
    return content.getvalue()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack files into a zip.

    Parameters
    ----------
    files : dict of str to bytes
        The files by name.
    method : int, optional
        How they are compressed.

    Returns
    -------
    bytes
        The zip.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, packed in files.items():
            archive.writestr(name, packed)
    return content.getvalue()


def _zips(cases: dict[str, Case]) -> list[Case]:
    packings = {
        "stored": ("WFDB format 212", zipfile.ZIP_STORED),
        "deflated": ("WFDB with annotations", zipfile.ZIP_DEFLATED),
        "bzip2": ("EDF", zipfile.ZIP_BZIP2),
        "lzma": ("CSV: names", zipfile.ZIP_LZMA),
    }
    return [
        replace(cases[kind], parser="zip", kind=f"zip, {how}: {kind}", files={"mine.zip": zipped(cases[kind].files, method)})
        for how, (kind, method) in packings.items()
    ]


def _beats() -> list[Case]:
    beat = np.interp(ECG[60 : 60 + BEAT_LENGTH], (ECG.min(), ECG.max()), (0, 1)).round(4)
    rows = [[*(beat * scale).round(4).tolist(), float(label)] for scale, label in _scales_and_labels()]
    table = "".join(",".join(map(str, row)) + "\n" for row in rows).encode()
    named = (",".join([*map(str, range(BEAT_LENGTH)), "class"]) + "\n").encode() + table
    return [
        Case("kaggle", "Kaggle CSV", {"mitbih_train.csv": table}),
        Case("beat csv", "CSV of beats", {"beats.csv": table}),
        Case("beat csv", "CSV of beats with names", {"beats.csv": named.replace(b",", b";")}),
        Case("pasted beat", "pasted beat", {"beat": ", ".join(map(str, beat.tolist())).encode()}),
        Case("one beat in JSON", "one beat in JSON", {"beat": json.dumps(rows[0]).encode()}),
        Case("beats in JSON", "beats in JSON", {"beats": json.dumps(rows).encode()}),
    ]


def _scales_and_labels() -> list[tuple[float, int]]:
    return list(itertools.islice(zip(np.linspace(0.5, 1, KAGGLE_ROWS), itertools.cycle(range(5)), strict=False), KAGGLE_ROWS))
