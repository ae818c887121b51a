"""Telling what of a recording can be read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from ecg.classes import LABEL_OF_SYMBOL
from ecg.data import mitdb
from ecg.signal.signal_quality import judge
from tests.signal.test_context_beat import heart

FS = 250
SECONDS = 60
TIME = np.arange(SECONDS * FS) / FS
RANDOM = np.random.default_rng(0)
WHITE = RANDOM.normal(size=len(TIME))
NO_ECG = {
    "white noise": WHITE,
    "muscle noise": signal.sosfilt(signal.butter(2, (20, 110), "bandpass", output="sos", fs=FS), WHITE),
    "drift": np.cumsum(WHITE),
    "mains hum": np.sin(2 * np.pi * 50 * TIME),
    "mains hum and noise": np.sin(2 * np.pi * 50 * TIME) + 0.05 * WHITE,
    "flutter": np.sin(2 * np.pi * 4.5 * TIME),
    "coarse noise": np.round(2 * WHITE),
}


@pytest.mark.parametrize("kind", NO_ECG)
def test_what_is_no_ecg_cannot_be_read(kind: str) -> None:
    quality = judge(NO_ECG[kind], FS, np.zeros(len(TIME), dtype=bool))
    assert quality.readable_share == 0
    assert {reason for _, _, reason in quality.stretches()} == {"noise"}


@settings(max_examples=20)
@given(st.floats(1e-6, 1e6), st.floats(-1e3, 1e3), st.sampled_from([100, 128, 250, 360, 500, 1000]), st.sampled_from([1, -1]))
def test_an_ecg_can_be_read_whatever_its_unit(gain: float, offset: float, fs: int, sign: int) -> None:
    ecg, _ = heart(fs, seconds=20)
    assert judge(sign * gain * (ecg + offset), fs, np.zeros(len(ecg), dtype=bool)).readable_share == 1


def test_only_the_bad_stretches_are_left_out() -> None:
    ecg, peaks = heart(FS, SECONDS)
    missing = np.zeros(len(ecg), dtype=bool)
    ecg[10 * FS : 20 * FS] = 0.3
    ecg[30 * FS : 35 * FS] += 3 * WHITE[: 5 * FS]
    missing[40 * FS : 45 * FS] = True
    quality = judge(ecg, FS, missing)
    stretches = [(start / FS, end / FS, reason) for start, end, reason in quality.stretches()]
    assert stretches == [(10, 20, "flat"), (30, 35, "noise"), (40, 45, "missing")]
    assert quality.readable_share == pytest.approx(40 / 60)
    bad = np.zeros(len(ecg), dtype=bool)
    for start, end, _ in quality.stretches():
        bad[start:end] = True
    np.testing.assert_array_equal(quality.readable(peaks), ~bad[peaks])


def test_real_records_can_be_read_but_for_flutter(records: object) -> None:
    lost = beats = 0
    for name in ("108", "203", "207", "222"):
        record = mitdb.read_record(mitdb.locate(), name)
        quality = judge(record.signal, mitdb.FS, np.zeros(len(record.signal), dtype=bool))
        is_beat = np.isin(record.symbols, list(LABEL_OF_SYMBOL))
        lost += (~quality.readable(record.samples[is_beat])).sum()
        beats += is_beat.sum()
        if name == "207":
            flutter = record.samples[record.symbols == "!"]
            assert (~quality.readable(flutter)).mean() > 0.6
    assert lost / beats < 0.003
