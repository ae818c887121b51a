"""Annotated recordings of any database in WFDB format."""

from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecg.classes import LABEL_OF_SYMBOL
from ecg.data import mitdb
from ecg.errors import InputError
from ecg.io.wfdb_database import read_database
from tests.signal.test_context_beat import heart

SYMBOLS = ["N", "B", "n", "r", "?", "V"]


def write_recording(folder: Path, name: str, fs: int, leads: dict[str, np.ndarray], peaks: np.ndarray) -> None:
    """Write a recording whose beats bear `SYMBOLS` in turn, and a rhythm change and noise among them."""
    signals = np.stack(list(leads.values()), axis=1)
    units, formats = ["mV"] * len(leads), ["16"] * len(leads)
    wfdb.wrsamp(name, fs, units, list(leads), p_signal=signals, fmt=formats, write_dir=str(folder))
    symbols = (SYMBOLS * len(peaks))[: len(peaks)]
    marked = sorted([*zip(peaks, symbols, strict=True), (peaks[0] + 20, "+"), (peaks[2] + 30, "~")])
    samples, symbols = np.array([sample for sample, _ in marked]), [symbol for _, symbol in marked]
    wfdb.wrann(name, "atr", samples, symbols, fs=fs, write_dir=str(folder))


def test_another_sampling_rate_other_leads_and_symbols(tmp_path: Path) -> None:
    ecg, peaks = heart(250)
    write_recording(tmp_path, "s2", 250, {"V1": -ecg, "II": ecg}, peaks)
    write_recording(tmp_path, "s1", 250, {"ECG1": ecg, "ECG2": -ecg}, peaks)
    (tmp_path / "unmarked.hea").write_text("unmarked 1 250 100\n")
    one, two = read_database(tmp_path)
    assert [one.name, two.name] == ["s1", "s2"]
    assert [one.lead, two.lead] == ["ECG1", "II"]
    for recording in (one, two):
        assert recording.fs == 250
        assert recording.annotation is not None
        np.testing.assert_array_equal(recording.annotation.samples, peaks)
        assert recording.annotation.labels[:6] == ["N", "N", "S", "V", "Q", "V"]
        np.testing.assert_allclose(recording.signal, ecg, atol=1e-3)


def test_gaps_are_bridged(tmp_path: Path) -> None:
    ecg, peaks = heart(250)
    gappy = ecg.copy()
    gappy[100:200] = np.nan
    gappy[:5] = np.nan
    write_recording(tmp_path, "gappy", 250, {"II": gappy}, peaks)
    signal = next(read_database(tmp_path)).signal
    assert np.isfinite(signal).all()
    np.testing.assert_allclose(signal[100:200], np.linspace(ecg[99], ecg[200], 102)[1:-1], atol=1e-2)
    np.testing.assert_allclose(signal[200:], ecg[200:], atol=1e-3)


def test_a_real_record(records: Path, tmp_path: Path) -> None:
    for extension in ("hea", "dat", "atr"):
        (tmp_path / f"208.{extension}").symlink_to(records / f"208.{extension}")
    recording, record = next(read_database(tmp_path)), mitdb.read_record(records, "208")
    assert recording.annotation is not None
    beats = np.isin(record.symbols, list(LABEL_OF_SYMBOL))
    assert recording.lead == "MLII"
    np.testing.assert_array_equal(recording.annotation.samples, record.samples[beats])
    np.testing.assert_array_equal(recording.annotation.symbols, record.symbols[beats])
    np.testing.assert_allclose(recording.signal, (record.signal - 1024) / 200, rtol=1e-6)


@pytest.mark.parametrize("damage", ["no signal file", "half a signal file", "half a header", "annotations cut short"])
def test_a_damaged_recording_is_explained(tmp_path: Path, damage: str) -> None:
    ecg, peaks = heart(250)
    write_recording(tmp_path, "s1", 250, {"II": ecg}, peaks)
    if damage == "no signal file":
        (tmp_path / "s1.dat").unlink()
    elif damage == "half a signal file":
        (tmp_path / "s1.dat").write_bytes((tmp_path / "s1.dat").read_bytes()[:-2])
    elif damage == "half a header":
        (tmp_path / "s1.hea").write_text("s1 1\n")
    else:
        (tmp_path / "s1.atr").write_bytes((tmp_path / "s1.atr").read_bytes()[:3])
    with pytest.raises(InputError, match="s1"):
        list(read_database(tmp_path))


def test_a_folder_without_recordings_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no annotated recording"):
        list(read_database(tmp_path))
