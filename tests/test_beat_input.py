"""Beats that a person or a program gives."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg.beat_input import check_beat, parse_text
from ecg.errors import InputError

GOOD = [0.0] + [index / 186 for index in range(1, 187)]


def test_a_good_beat_is_taken_as_it_is() -> None:
    beat, truth = check_beat(GOOD)
    np.testing.assert_array_equal(beat, np.array(GOOD, dtype=np.float32))
    assert beat.dtype == np.float32
    assert truth is None


@pytest.mark.parametrize(("index", "label"), list(enumerate("NSVFQ")))
def test_the_class_index_may_follow(index: int, label: str) -> None:
    assert check_beat([*GOOD, float(index)])[1] == label


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (GOOD[:-1], "has 186 values. A beat is 187 numbers"),
        ([*GOOD, 1, 1], "has 189 values"),
        ([], "has 0 values"),
        ("0.1, 0.2", "no list of numbers"),
        (None, "no list of numbers"),
        ({"beat": GOOD}, "no list of numbers"),
        ([*GOOD[:5], float("nan"), *GOOD[6:]], "Value 6 is nan: not a finite number"),
        ([*GOOD[:5], float("-inf"), *GOOD[6:]], "Value 6 is -inf"),
        ([*GOOD[:5], 10**400, *GOOD[6:]], "Value 6 is inf"),
        ([*GOOD[:5], None, *GOOD[6:]], "Value 6 is missing"),
        ([*GOOD[:5], "0.5", *GOOD[6:]], "Value 6 is '0.5', which is no number"),
        ([*GOOD[:5], True, *GOOD[6:]], "Value 6 is 'True', which is no number"),
        ([*GOOD[:5], [0.5], *GOOD[6:]], "Value 6 is '.0.5.', which is no number"),
        ([*GOOD[:5], 1.01, *GOOD[6:]], "Value 6 is 1.01, which is outside 0 to 1"),
        ([*GOOD[:5], -0.01, *GOOD[6:]], "Value 6 is -0.01, which is outside 0 to 1"),
        ([0.3] * 187, "All 187 values are 0.3: a flat line"),
        ([*GOOD, 5], "class index, is 5; it must be one of 0 to 4"),
        ([*GOOD, 1.5], "class index, is 1.5"),
    ],
)
def test_what_is_wrong_is_named(values: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_beat(values)


@pytest.mark.parametrize("separator", [",", ", ", " ", "\n", ";", "\t", " , "])
def test_pasted_numbers_are_read(separator: str) -> None:
    text = separator.join(map(str, GOOD))
    assert parse_text(text) == GOOD
    assert parse_text(f" [{text}] ") == GOOD


def test_a_pasted_word_is_named() -> None:
    with pytest.raises(InputError, match="Value 2 is 'lead', which is no number"):
        parse_text("0.1 lead 0.3")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        numbers = parse_text(text)
    except InputError:
        return
    assert all(isinstance(number, float) for number in numbers)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=190) | st.dictionaries(st.text(max_size=3), children, max_size=3),
    max_leaves=200,
)
nearly_beats = st.lists(st.floats(0, 1) | st.floats() | st.integers(), min_size=186, max_size=189)


@given(anything | nearly_beats)
def test_any_json_is_a_beat_or_refused(value: Any) -> None:
    try:
        beat, _ = check_beat(json.loads(json.dumps(value)))
    except InputError:
        return
    assert beat.shape == (187,)
    assert np.isfinite(beat).all()
    assert ((beat >= 0) & (beat <= 1)).all()
