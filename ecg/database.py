"""Read annotated recordings in the WFDB format: any database of PhysioNet that marks its beats.

Sampling rate, leads and symbols differ from one database to the next; see the PhysioNet annotation codes,
https://archive.physionet.org/physiobank/annotations.shtml.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import wfdb

from ecg.classes import LABEL_OF_FURTHER_SYMBOL, LABEL_OF_SYMBOL
from ecg.errors import InputError

LABELS_OF_SYMBOLS = LABEL_OF_SYMBOL | LABEL_OF_FURTHER_SYMBOL
FAMILIAR_LEADS = ("MLII", "II")
"""The leads that the models know, best first."""
ANNOTATOR = "atr"
"""Extension of the reference annotations."""


@dataclass(frozen=True)
class Recording:
    """One lead of an annotated recording.

    Attributes
    ----------
    name : str
        Name of the record.
    lead : str
        Name of the lead.
    fs : float
        Sampling rate in Hz.
    signal : ndarray of float64, shape (m,)
        The lead in its physical unit, gaps bridged by straight lines.
    samples : ndarray of int64, shape (n,)
        Positions of the annotated beats, rising.
    symbols : ndarray of str, shape (n,)
        Their symbols.
    """

    name: str
    lead: str
    fs: float
    signal: np.ndarray
    samples: np.ndarray
    symbols: np.ndarray

    @property
    def labels(self) -> list[str]:
        """AAMI class of each beat."""
        return [LABELS_OF_SYMBOLS[symbol] for symbol in self.symbols]


def read_database(folder: Path) -> Iterator[Recording]:
    """Read all annotated recordings of a folder.

    Parameters
    ----------
    folder : Path
        Holds a ``.hea`` and an ``.atr`` file for each recording, and what the header names.

    Yields
    ------
    Recording
        The next recording, in the order of their names.

    Raises
    ------
    InputError
        If there is none, or one of them cannot be read.
    """
    headers = sorted(header for header in folder.glob("*.hea") if header.with_suffix(f".{ANNOTATOR}").is_file())
    if not headers:
        raise InputError(
            f"{folder} holds no annotated recording: a .hea and an .{ANNOTATOR} file of the same name are expected, with the "
            "signal files that the header names."
        )
    for header in headers:
        yield read_recording(header.with_suffix(""))


def read_recording(stem: Path) -> Recording:
    """Read the lead of a recording that the models know best, and its annotated beats.

    Parameters
    ----------
    stem : Path
        Path of its files, without the extension.

    Returns
    -------
    Recording
        The recording: lead MLII or II where there is one, else the first lead.

    Raises
    ------
    InputError
        If a file is missing or damaged.
    """
    try:
        header = wfdb.rdheader(str(stem))
        channel = _channel(header.sig_name or [])
        record = wfdb.rdrecord(str(stem), channels=[channel])
        annotation = wfdb.rdann(str(stem), ANNOTATOR)
    except (OSError, ValueError, IndexError, KeyError, AttributeError) as error:
        raise InputError(f"The recording {stem} cannot be read as WFDB: {error}.") from error
    samples, first = np.unique(annotation.sample, return_index=True)
    symbols = np.array(annotation.symbol, dtype=np.str_)[first]
    beats = np.isin(symbols, list(LABELS_OF_SYMBOLS)) & (samples >= 0) & (samples < record.sig_len)
    signal = _bridged(record.p_signal[:, 0])
    return Recording(stem.name, record.sig_name[0], float(record.fs), signal, samples[beats], symbols[beats])


def _channel(leads: list[str]) -> int:
    if not leads:
        raise ValueError("its header names no signal")
    names = [lead.upper() for lead in leads]
    return next((names.index(lead) for lead in FAMILIAR_LEADS if lead in names), 0)


def _bridged(signal: np.ndarray) -> np.ndarray:
    known = np.isfinite(signal)
    if known.all() or not known.any():
        return np.nan_to_num(signal)
    return np.interp(np.arange(len(signal)), np.flatnonzero(known), signal[known])
