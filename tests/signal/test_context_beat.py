"""Cutting beats in context."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from scipy import signal as sp_signal

from ecg.classes import LABEL_OF_SYMBOL
from ecg.data import mitdb
from ecg.errors import InputError
from ecg.signal import context_beat
from ecg.signal.context_beat import BEFORE, CHANNELS, CONTEXT_LENGTH, cut_context_beats
from ecg.signal.rr_features import RATIOS, RHYTHM

FS = 360


def heart(fs: float, seconds: float = 60, period: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    """A made ECG of P, QRS and T waves, and the samples of its R peaks."""
    time = np.arange(int(seconds * fs)) / fs
    peaks = np.arange(0.5, seconds - 0.7, period)
    ecg = np.zeros_like(time)
    for delay, height, width in ((-0.16, 0.15, 0.025), (0, 1.2, 0.012), (0.03, -0.3, 0.012), (0.28, 0.3, 0.05)):
        ecg += height * np.exp(-0.5 * ((time[:, None] - peaks - delay) / width) ** 2).sum(axis=1)
    return ecg, np.round(peaks * fs).astype(int)


@given(st.floats(1e-3, 1e5), st.floats(-1e3, 1e3), st.sampled_from([100, 128, 250, 257, 360, 500, 1000]))
def test_gain_offset_and_drift_change_nothing(gain: float, offset: float, fs: int) -> None:
    ecg, peaks = heart(fs, seconds=10)
    drift = np.linspace(0, 3, len(ecg))
    plain = cut_context_beats(ecg, fs, peaks)
    changed = cut_context_beats(gain * (ecg + drift + offset / 100), fs, peaks)
    np.testing.assert_allclose(changed.beats, plain.beats, atol=0.06)
    np.testing.assert_array_equal(changed.rhythm, plain.rhythm)


@pytest.mark.parametrize("fs", [100, 250, 500])
def test_an_offset_is_not_resampled_to_waves(fs: int) -> None:
    ecg, peaks = heart(fs)
    shifted = cut_context_beats(ecg + 300, fs, peaks)  # mV: as large as electrodes make them
    np.testing.assert_allclose(shifted.beats, cut_context_beats(ecg, fs, peaks).beats, atol=2e-3)


@pytest.mark.parametrize("fs", [100, 125, 200, 250, 256.41, 500, 1000])
def test_the_sampling_rate_changes_little(fs: float) -> None:
    at_360 = cut_context_beats(*heart(FS)[:1], FS, heart(FS)[1])
    ecg, peaks = heart(fs)
    other = cut_context_beats(ecg, fs, peaks)
    assert other.beats.shape == at_360.beats.shape
    difference = np.abs(other.beats - at_360.beats)
    assert np.median(difference.max(axis=1)) < 0.25  # the rounding of a narrow R peak to the nearest sample
    assert difference.mean() < 0.02
    ratios = slice(0, RATIOS)  # a heart this regular has no irregularity but that of the rounding
    np.testing.assert_allclose(other.rhythm[:, ratios], at_360.rhythm[:, ratios], atol=0.03)


def test_a_beat_holds_its_p_wave_and_stands_on_the_baseline() -> None:
    ecg, peaks = heart(FS)
    beats = cut_context_beats(ecg, FS, peaks).beats
    assert beats.shape == (len(peaks), CONTEXT_LENGTH, CHANNELS)
    typical = np.median(beats[:, :, 0], axis=0)
    assert typical.argmax() == BEFORE
    p_wave = typical[BEFORE - round(0.24 * 120) : BEFORE - round(0.08 * 120)]
    assert p_wave.argmax() == pytest.approx(round(0.08 * 120), abs=1)
    assert 0.05 < p_wave.max() < 0.15
    np.testing.assert_allclose(typical[:5], 0, atol=0.02)
    assert np.ptp(typical[BEFORE - 12 : BEFORE + 12]) == pytest.approx(1, abs=0.02)


def test_a_beat_unlike_the_others_stands_out() -> None:
    ecg, peaks = heart(FS)
    odd = 30
    ecg[peaks[odd] - 40 : peaks[odd] + 40] *= -2
    beats = cut_context_beats(ecg, FS, peaks).beats
    ordinary = np.delete(np.abs(beats[2:-2, :, 1]).max(axis=1), [odd - 3, odd - 2, odd - 1])
    assert np.abs(beats[odd, :, 1]).max() > 1
    assert np.median(ordinary) < 0.05


def test_beyond_the_ends_there_is_nothing() -> None:
    ecg, peaks = heart(FS, seconds=10)
    first, last = peaks[0] - 30, peaks[-1] + 60
    beats = cut_context_beats(ecg[first:last], FS, peaks - first).beats[:, :, 0]
    assert (beats[0, : BEFORE - 10] == 0).all()
    assert (beats[-1, BEFORE + 20 :] == 0).all()


@given(hnp.arrays(np.float32, st.integers(3, 100), elements=st.integers(-2000, 2000)))
def test_the_signal_is_reduced_as_by_scipy(ecg: np.ndarray) -> None:
    np.testing.assert_array_equal(context_beat._reduced(ecg), ndimage.uniform_filter1d(ecg, 6)[::6])


def test_a_flat_signal_gives_flat_beats() -> None:
    beats = cut_context_beats(np.full(3600, 7), FS, np.array([500, 800, 1100])).beats
    assert (beats == 0).all()


@pytest.mark.parametrize("fs", [0, 99.9, 1001, float("nan"), float("inf"), -360])
def test_impossible_sampling_rates_are_refused(fs: float) -> None:
    with pytest.raises(InputError, match="100 to 1000 Hz are expected"):
        cut_context_beats(np.zeros(1000), fs, np.array([100, 300]))


def test_what_is_far_away_does_not_matter(records: Path) -> None:
    """From at most 150 beats to either side: a stream can be read as well as a recording."""
    record = mitdb.read_record(records, "100")
    peaks = record.samples[np.isin(record.symbols, list(LABEL_OF_SYMBOL))]
    middle = slice(1000, 1400)
    first, last = peaks[middle.start] - FS, peaks[middle.stop - 1] + FS
    whole = cut_context_beats(record.signal, FS, peaks)
    piece = cut_context_beats(record.signal[first:last], FS, peaks[middle] - first)
    own = slice(155, 245)
    np.testing.assert_allclose(piece.beats[own], whole.beats[middle][own], atol=0.05)  # the baseline starts elsewhere
    np.testing.assert_allclose(piece.rhythm[own], whole.rhythm[middle][own], atol=1e-5)


@pytest.mark.parametrize("fs", [100, 250, 256.41, FS])
def test_pieces_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch, fs: float) -> None:
    ecg, peaks = heart(fs, seconds=300)
    ecg += 0.2 * np.random.default_rng(0).normal(size=len(ecg)).cumsum() / np.sqrt(fs)  # a baseline that wanders
    whole = cut_context_beats(ecg, fs, peaks)
    monkeypatch.setattr(context_beat, "PIECE", 20)
    monkeypatch.setattr(context_beat, "MARGIN", 2)
    pieces = cut_context_beats(ecg, fs, peaks)
    np.testing.assert_allclose(pieces.beats, whole.beats, atol=1e-4)  # resampled, the ends depend on one another
    np.testing.assert_array_equal(pieces.rhythm, whole.rhythm)


@pytest.mark.parametrize("fs", [128, 250, 1000])
def test_a_real_record_at_another_sampling_rate(records: Path, fs: int) -> None:
    record = mitdb.read_record(records, "208")
    peaks = record.samples[np.isin(record.symbols, list(LABEL_OF_SYMBOL))][:300]
    ecg = record.signal[: peaks[-1] + FS]
    resampled = sp_signal.resample_poly(ecg.astype(float), fs, FS, padtype="line")
    there, here = cut_context_beats(resampled, fs, np.round(peaks * fs / FS).astype(int)), cut_context_beats(ecg, FS, peaks)
    assert there.rhythm.shape == (300, len(RHYTHM))
    correlations = [np.corrcoef(a, b)[0, 1] for a, b in zip(there.beats[1:-1, :, 0], here.beats[1:-1, :, 0], strict=True)]
    assert np.median(correlations) > 0.99
    assert np.mean(np.array(correlations) > 0.95) > 0.95
