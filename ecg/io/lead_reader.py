"""Open one lead of a recording of any length, and read it in sections.

A small file is read completely, as in the app. Of a large one only the requested section is read. A table of numbers (CSV) is
always read completely, because the position of a line in the file is not known in advance.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import edfio
import numpy as np
import wfdb

from ecg.errors import InputError
from ecg.io.readers import as_leads, open_recording, open_wfdb
from ecg.io.recording import LARGEST_VALUE, SHORTEST_RECORDING_S, Recording, Source, bridged, take_lead

LARGE = 8_000_000
"""Bytes from which on a file is read in sections."""
NOTHING = np.empty(0)
Section = Callable[[int, int], tuple[np.ndarray, np.ndarray]]
Read = Callable[[int, int, int], np.ndarray]


@dataclass(frozen=True)
class Lead:
    """A lead of a recording, which may still be in its file.

    Attributes
    ----------
    about : Recording
        Its description, without signal and annotation.
    samples : int
        Its length.
    section : callable
        Takes the first sample and the one after the last; returns the signal (float32, gaps bridged) and where the gaps are.
    """

    about: Recording
    samples: int
    section: Section


def open_lead(file: Path, size: int, fs: float | None = None, unit: str | None = None, lead: str | None = None) -> Lead:
    """Open one lead of a recording; see `ecg.io.recording.take_lead` for the choice.

    Parameters
    ----------
    file : Path
        The recording; for a WFDB record its header.
    size : int
        Bytes of its files.
    fs, unit, lead : optional
        What the file does not state.

    Raises
    ------
    InputError
        If the file is no recording, or its content contradicts what it states.
    """
    opener = OPENERS.get(file.suffix.lower()) if size >= LARGE else None
    if opener is None:
        source = open_wfdb(file.with_suffix("")) if file.suffix == ".hea" else open_recording([file], file.parent)
        return lead_of(take_lead(source, *_unsaid(source, fs, unit), lead))
    source, samples, read = opener(file)
    index, about = _choose(source, fs, unit, lead)
    if samples[index] < SHORTEST_RECORDING_S * about.fs:
        raise InputError(f"The recording has {samples[index]:,} samples; at least {SHORTEST_RECORDING_S} s are expected.")
    return Lead(about, samples[index], lambda start, stop: _checked(about.name, read(index, start, stop), stop - start))


def lead_of(recording: Recording) -> Lead:
    """Make a lead of a recording that has been read completely."""
    signal, missing = recording.signal, recording.missing
    return Lead(_bare(recording), len(signal), lambda start, stop: (signal[start:stop], missing[start:stop]))


def _bare(recording: Recording) -> Recording:
    return replace(recording, signal=NOTHING, missing=NOTHING.astype(bool), annotation=None)


def _unsaid(source: Source, fs: float | None, unit: str | None) -> tuple[float | None, str | None]:
    # what is said for all recordings of a folder counts for those that do not say it themselves
    return (None if any(source.fs) else fs), (None if any(source.units) else unit)


def _choose(source: Source, fs: float | None, unit: str | None, lead: str | None) -> tuple[int, Recording]:
    """Let `take_lead` choose a lead without reading it: it is shown a slope instead."""
    chosen: list[int] = []

    def load(index: int) -> np.ndarray:
        chosen.append(index)
        return np.arange(SHORTEST_RECORDING_S * 1000.0)

    recording = take_lead(replace(source, load=load), *_unsaid(source, fs, unit), lead)
    return chosen[0], _bare(recording)


def _checked(name: str, values: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    if len(values) != length:
        raise InputError(f"{name} is shorter than it says: a section of {length:,} samples has only {len(values):,}.")
    missing = ~np.isfinite(values)
    if missing.all():
        return np.zeros(length, dtype=np.float32), missing
    highest = np.abs(values[~missing]).max()
    if highest > LARGEST_VALUE:
        raise InputError(f"The lead holds a value of {highest:.3g}: no ECG is that large in any unit.")
    return bridged(values, missing), missing


def _open_wfdb(file: Path) -> tuple[Source, list[int], Read]:
    stem = file.with_suffix("")
    source = open_wfdb(stem)

    def read(index: int, start: int, stop: int) -> np.ndarray:
        return np.asarray(wfdb.rdrecord(str(stem), channels=[index], sampfrom=start, sampto=stop).p_signal[:, 0])

    return source, [wfdb.rdheader(str(stem)).sig_len] * len(source.leads), read


def _open_edf(file: Path) -> tuple[Source, list[int], Read]:
    source = open_recording([file], file.parent)
    signals = edfio.read_edf(file, lazy_load_data=True).signals

    def read(index: int, start: int, stop: int) -> np.ndarray:
        fs = signals[index].sampling_frequency
        return signals[index].get_data_slice(start / fs, stop / fs)

    records = edfio.read_edf(file, lazy_load_data=True).num_data_records
    return source, [records * signal.samples_per_data_record for signal in signals], read


def _open_npy(file: Path) -> tuple[Source, list[int], Read]:
    source = open_recording([file], file.parent)

    def leads() -> np.ndarray:
        # mapped anew for each section: pages of a map that stays open count as memory of the process
        return as_leads(np.load(file, mmap_mode="r", allow_pickle=False))

    def read(index: int, start: int, stop: int) -> np.ndarray:
        return leads()[index, start:stop].astype(np.float64)

    return source, [leads().shape[1]] * len(source.leads), read


OPENERS: dict[str, Callable[[Path], tuple[Source, list[int], Read]]] = {
    ".hea": _open_wfdb,
    ".edf": _open_edf,
    ".npy": _open_npy,
}
"""How large files are opened: what they hold, the length of each lead in samples, and what reads a section of one."""
