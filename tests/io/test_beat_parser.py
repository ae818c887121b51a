"""Beats that a person or a program gives."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg.errors import InputError
from ecg.io.beat_parser import MOST_BEATS, MOST_ROWS, check_beat, check_beats, parse_text, read_csv

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


def test_many_beats_are_taken_in_their_order() -> None:
    table = check_beats([[*GOOD, 2], GOOD[::-1]])
    assert table.rows == (1, 2)
    assert table.truths == ("V", None)
    np.testing.assert_array_equal(table.beats, np.array([GOOD, GOOD[::-1]], dtype=np.float32))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, "no list of lists"),
        ([], "holds 0 beats. Give 1 to 5,000"),
        ([GOOD] * (MOST_BEATS + 1), "holds 5,001 beats"),
        (GOOD, "Beat 1: The beat is no list of numbers"),
        ([GOOD, GOOD, GOOD[:3]], "Beat 3: The beat has 3 values"),
    ],
)
def test_many_beats_with_one_wrong_are_refused(values: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_beats(values)


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "beats.csv"
    file.write_text(text, encoding=encoding)
    return file


HEADER = [f"sample {number}" for number in range(187)] + ["class"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("header", [False, True])
@pytest.mark.parametrize(("separator", "point"), [(",", "."), (";", ","), (";", "."), ("\t", ".")])
def test_a_csv_file_is_read(tmp_path: Path, separator: str, point: str, header: bool, encoding: str) -> None:
    rows = [[*GOOD, 2.0], [*GOOD[::-1], 0.0]]
    lines = [separator.join(map(str, row)).replace(".", point) for row in rows]
    names = [separator.join(HEADER)] if header else []
    table = read_csv(written(tmp_path, "\r\n".join([*names, *lines]) + "\r\n", encoding))
    np.testing.assert_array_equal(table.beats, np.array([GOOD, GOOD[::-1]], dtype=np.float32))
    assert table.truths == ("V", "N")
    assert table.rows == ((2, 3) if header else (1, 2))
    assert not table.refused


def test_rows_that_hold_no_beat_are_named_and_the_others_read(tmp_path: Path) -> None:
    good = ",".join(map(str, GOOD))
    table = read_csv(written(tmp_path, f"{good}\n\n{good},x\n1,2\n{good}\n"))
    assert table.rows == (1, 5)
    assert [reason.partition(". ")[0] for reason in table.refused] == [
        "Row 3: Value 188 is 'x', which is no number",
        "Row 4: The beat has 2 values",
    ]
    np.testing.assert_array_equal(table.get(5)[0], np.array(GOOD, dtype=np.float32))
    with pytest.raises(InputError, match="Row 3 holds no beat. The beats stand in rows 1 to 5"):
        table.get(3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file holds no beat. A beat is 187 numbers"),
        (b"time,lead\n", "The file holds no beat"),
        (b"1,2,3\n", "Row 1: The beat has 3 values"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"0.5\n" * (MOST_ROWS + 1), "has 10,001 rows; at most 10,000"),
        (b" " * 50_000_001, "has 50 MB; at most 50 MB"),
    ],
)
def test_a_file_without_beats_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "beats.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_csv(file)


@given(text=st.text(max_size=300))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_csv(file)
