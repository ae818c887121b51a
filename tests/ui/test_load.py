"""The demo under load, for some seconds; `python -m tests.soak --only load` takes five minutes, and watches its memory."""

import asyncio

import pytest

from tests.soak.load import BUSY, Load, load, same


def test_many_clients_are_given_the_answers_of_one(demo: tuple[str, int]) -> None:
    found = asyncio.run(load(*demo, seconds=4, clients=8))
    assert not found.failed, found.faults
    assert sum(found.right.values()) > 0
    assert len(found.memory) > 0


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"a": [0.1, "N"]}, {"a": [0.1000001, "N"]}, True),
        ({"a": [0.1, "N"]}, {"a": [0.1, "V"]}, False),
        ({"a": 0.1}, {"a": 0.2}, False),
        ({"a": 0.1}, {"b": 0.1}, False),
        ([0.1], [0.1, 0.1], False),
        ("N", "N", True),
    ],
)
def test_answers_are_compared(one: object, other: object, alike: bool) -> None:
    assert same(one, other) is alike


def test_the_memory_after_the_warm_up_is_compared() -> None:
    assert Load(memory=[1.0] * 20 + [100.0] * 70 + [104.0] * 10).growth == pytest.approx(0.04)
    assert BUSY == (429, 503)
