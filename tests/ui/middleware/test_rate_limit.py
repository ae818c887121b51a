"""How many requests a second one address may send."""

import time

import httpx
import pytest

from ui.middleware.rate_limit import BURST, MOST_ADDRESSES, REQUESTS_PER_S, RateLimit, is_loopback

CALL = "/gradio_api/call/sample_beats"


async def nothing(*_: object) -> None:
    """Answer nothing."""


def test_an_address_is_limited_to_a_rate() -> None:
    limit = RateLimit(nothing)
    assert [limit.take_token("a", 0.0) for _ in range(BURST)] == [0.0] * BURST
    assert limit.take_token("a", 0.0) == pytest.approx(1 / REQUESTS_PER_S)
    assert limit.take_token("b", 0.0) == 0
    assert limit.take_token("a", 0.5 / REQUESTS_PER_S) == pytest.approx(0.5 / REQUESTS_PER_S)
    assert limit.take_token("a", 1.0 / REQUESTS_PER_S) == 0
    assert limit.take_token("a", 1.0 / REQUESTS_PER_S) > 0
    assert [limit.take_token("a", 1e6) for _ in range(BURST)] == [0.0] * BURST
    assert limit.take_token("a", 1e6) > 0


def test_of_many_addresses_the_last_are_kept_in_mind() -> None:
    limit = RateLimit(nothing)
    for number in range(MOST_ADDRESSES + 5):
        limit.take_token(str(number), 0.0)
    assert len(limit._buckets) == MOST_ADDRESSES
    assert "0" not in limit._buckets


@pytest.mark.parametrize(("address", "own"), [("127.0.0.1", True), ("::1", True), ("203.0.113.7", False), ("", False)])
def test_the_machine_itself_is_not_limited(address: str, own: bool) -> None:
    assert is_loopback(address) is own


def test_a_flood_is_refused_and_no_one_else(demo: tuple[str, int]) -> None:
    """As a proxy on this machine passes on the requests of two addresses; a body without data makes no work."""
    with httpx.Client(base_url=demo[0]) as client:
        flood = {"X-Forwarded-For": "203.0.113.7"}
        deadline = time.monotonic() + 60
        answer = client.post(CALL, headers=flood)
        while answer.status_code != 429 and time.monotonic() < deadline:
            answer = client.post(CALL, headers=flood)
        assert answer.status_code == 429
        assert answer.json()["detail"].startswith("Too many requests from your address: at most 50 a second are answered.")
        assert int(answer.headers["Retry-After"]) >= 1
        for address in ({"X-Forwarded-For": "203.0.113.8"}, {}):
            assert client.post(CALL, headers=address).status_code == 422
        assert client.get("/health", headers=flood).status_code == 200
