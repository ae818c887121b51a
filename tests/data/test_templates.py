"""The sample beats that ship with the project."""

import numpy as np
import pytest

from ecg.classes import LABELS
from ecg.data import sample_beats
from ecg.data.beat_table import BeatTable
from ecg.data.single_beats import count_test_beats, get_test_beat
from ecg.data.templates import average_beats, load_templates, make_templates, symbols_without_template
from ecg.errors import InputError


def test_the_shipped_templates_are_those_of_the_test_beats(beats: BeatTable) -> None:
    assert make_templates(beats) == list(load_templates())


def test_the_templates_are_beats_of_every_class() -> None:
    for template in load_templates():
        assert len(template.beat) == 187
        assert (min(template.beat), max(template.beat)) == (0, 1)
        assert template.averaged >= 20
    assert {template.label for template in load_templates()} == set(LABELS)
    assert symbols_without_template(load_templates()) == ["e", "j", "a", "J", "S", "E", "Q"]


def beats_of_lengths(*lengths: int) -> np.ndarray:
    steps = np.arange(187)
    return np.array([np.where(steps < length, 1 - steps / 400, 0) for length in lengths], dtype=np.float32)


def test_beats_of_other_lengths_are_left_out() -> None:
    average, averaged = average_beats(beats_of_lengths(*[100] * 18, 97, 103, 96, 104)) or (np.empty(0), 0)
    assert averaged == 20
    assert (average[103:] == 0).all()


def test_too_few_beats_are_not_averaged() -> None:
    assert average_beats(beats_of_lengths(*[100] * 19, 150)) is None
    assert average_beats(np.empty((0, 187))) is None


def test_every_class_has_buttons_and_no_symbol_more_than_four() -> None:
    for label in LABELS:
        symbols = [template.symbol for template in sample_beats.buttons(label)]
        assert symbols
        assert max(symbols.count(symbol) for symbol in symbols) <= sample_beats.MOST_PER_SYMBOL


def test_single_test_beats_can_be_chosen(beats: BeatTable, records: object) -> None:
    counts = count_test_beats("208")
    assert counts["V"] > 100
    assert sum(counts.values()) == (beats.part("intra_patient", "test").records == "208").sum()
    sample = get_test_beat("208", "V", counts["V"])
    row = np.flatnonzero((beats.records == "208") & (beats.samples == round(sample.seconds * 360)))
    np.testing.assert_array_equal(beats.beats[row[0]], sample.beat)
    assert beats.splits["intra_patient"][row[0]] == "test"
    assert sample.symbol == beats.symbols[row[0]] == "V"


@pytest.mark.parametrize(("label", "number"), [("V", 0), ("V", 10_000), ("Q", 1), ("X", 1)])
def test_a_test_beat_that_is_not_there_is_explained(records: object, label: str, number: int) -> None:
    with pytest.raises(InputError, match=f"Record 100 has no test beat {label} number {number}. It has: .* of class N"):
        get_test_beat("100", label, number)
