"""Finding R peaks."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from benchmarks.detectors import score
from ecg.data import mitdb
from ecg.data.mitdb import FS
from ecg.errors import InputError
from ecg.signal import r_peaks
from ecg.signal.r_peaks import find_peaks


@pytest.fixture(scope="module")
def low_beats(records: Path) -> mitdb.Record:
    """A record with low ventricular beats between high normal ones."""
    return mitdb.read_record(records, "208")


def regular_heart(seconds: int = 30) -> np.ndarray:
    """A QRS complex a second, with a T wave, at 360 Hz."""
    times = np.arange(seconds * FS) / FS % 1
    return np.exp(-(((times - 0.5) / 0.015) ** 2)) + 0.3 * np.exp(-(((times - 0.8) / 0.06) ** 2))


def resampled(ecg: np.ndarray, fs: int) -> np.ndarray:
    ratio = Fraction(fs, FS)
    return signal.resample_poly(ecg.astype(float), ratio.numerator, ratio.denominator, padtype="line")


@pytest.mark.parametrize(
    ("name", "sensitivity", "positive_predictivity"),
    [("101", 0.998, 0.996), ("108", 0.995, 0.97), ("203", 0.99, 0.99), ("208", 0.994, 0.997), ("223", 0.999, 0.999)],
)
def test_beats_are_found(records: Path, name: str, sensitivity: float, positive_predictivity: float) -> None:
    record = mitdb.read_record(records, name)
    scores = score(record, find_peaks(record.signal, FS))
    hits = scores["beats"] - scores["missed"]
    assert hits / scores["beats"] > sensitivity
    assert hits / (hits + scores["false"]) > positive_predictivity


@pytest.mark.parametrize("name", ["101", "112", "209", "223"])
def test_peaks_lie_where_they_are_annotated(records: Path, name: str) -> None:
    record = mitdb.read_record(records, name)
    scores = score(record, find_peaks(record.signal, FS))
    assert abs(scores["offset"]) < 3
    assert scores["close"] > 0.99 * (scores["beats"] - scores["missed"])


@pytest.mark.parametrize("fs", [100, 128, 250, 500, 1000])
def test_the_sampling_rate_does_not_matter(low_beats: mitdb.Record, fs: int) -> None:
    found = find_peaks(resampled(low_beats.signal, fs), fs)
    scores = score(low_beats, np.round(found * FS / fs).astype(int))
    assert scores["missed"] < 0.007 * scores["beats"]
    assert scores["false"] < 0.004 * scores["beats"]
    assert abs(scores["offset"]) < 3


@given(
    gain=st.floats(1e-3, 1e3) | st.floats(-1e3, -1e-3),
    offset=st.floats(-100, 100),
    start=st.integers(0, 600_000),
)
def test_gain_offset_and_polarity_do_not_matter(low_beats: mitdb.Record, gain: float, offset: float, start: int) -> None:
    ecg = low_beats.signal[start : start + 30 * FS]
    np.testing.assert_array_equal(find_peaks(gain * (ecg + offset), FS), find_peaks(ecg, FS))


def test_a_regular_heart() -> None:
    for ecg in (regular_heart(), -regular_heart()):
        np.testing.assert_allclose(find_peaks(ecg, FS), np.arange(30) * FS + FS // 2, atol=1)


def test_a_long_recording_is_read_in_pieces_that_do_not_show(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    three_hours = np.tile(mitdb.read_record(records, "203").signal, 6)
    found = find_peaks(three_hours, FS)
    assert found.dtype == np.int64
    assert (np.diff(found) > 0).all()
    monkeypatch.setattr(r_peaks, "PIECE", 7 * 3600)
    np.testing.assert_array_equal(find_peaks(three_hours, FS), found)


@pytest.mark.parametrize("value", [0, 0.1, -1e6])
@pytest.mark.parametrize("length", [0, 1, 2, 3, 100, 5000])
def test_a_flat_line_has_no_peaks(value: float, length: int) -> None:
    found = find_peaks(np.full(length, value), 250)
    assert found.dtype == np.int64
    assert len(found) == 0


@given(st.integers(0, 3 * FS))
def test_a_short_recording(length: int) -> None:
    found = find_peaks(regular_heart(3)[:length], FS)
    assert ((found >= 0) & (found < max(length, 1))).all()
    whole = (np.arange(3) + 0.6) * FS < length  # complexes that are in it as a whole
    assert len(found) >= whole.sum()


@pytest.mark.parametrize("noise", [0, 0.01])
def test_nothing_is_found_where_the_electrodes_are_off(noise: float) -> None:
    ecg = regular_heart(120)
    off = np.r_[: 10 * FS, 40 * FS : 70 * FS, 110 * FS : 120 * FS]
    ecg[off] = noise * np.random.default_rng(0).normal(size=len(off))
    found = find_peaks(ecg, FS) / FS
    expected = np.r_[10:40, 70:110] + 0.5
    np.testing.assert_allclose(found, expected, atol=0.01)


@pytest.mark.parametrize("fs", [0, 99.9, 1001, float("nan"), float("inf"), -360])
def test_impossible_sampling_rates_are_refused(fs: float) -> None:
    with pytest.raises(InputError, match="100 to 1000 Hz are expected"):
        find_peaks(np.zeros(1000), fs)
