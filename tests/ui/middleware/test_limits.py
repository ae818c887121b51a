"""What one client may ask of the server: how often, how much at once, for how long; and who may ask at all."""

import json
import socket
import time

import httpx
import pytest
from starlette.datastructures import Headers

from ecg.errors import InputError
from ecg.inference.recording_analysis import analyse
from ecg.io.recording import Source, take_lead
from tests.io.test_readers import ECG, FS
from ui.deadline import within
from ui.middleware.limits import BURST, LARGEST_BODY, MOST_ADDRESSES, RATE, RateLimit, is_this_machine
from ui.middleware.same_origin import is_foreign

CALL = "/gradio_api/call/sample_beats"


async def nothing(*_: object) -> None:
    """Answer nothing."""


def test_an_address_is_limited_to_a_rate() -> None:
    limit = RateLimit(nothing)
    assert [limit.wait("a", 0.0) for _ in range(BURST)] == [0.0] * BURST
    assert limit.wait("a", 0.0) == pytest.approx(1 / RATE)
    assert limit.wait("b", 0.0) == 0
    assert limit.wait("a", 0.5 / RATE) == pytest.approx(0.5 / RATE)
    assert limit.wait("a", 1.0 / RATE) == 0
    assert limit.wait("a", 1.0 / RATE) > 0
    assert [limit.wait("a", 1e6) for _ in range(BURST)] == [0.0] * BURST
    assert limit.wait("a", 1e6) > 0


def test_of_many_addresses_the_last_are_kept_in_mind() -> None:
    limit = RateLimit(nothing)
    for number in range(MOST_ADDRESSES + 5):
        limit.wait(str(number), 0.0)
    assert len(limit._buckets) == MOST_ADDRESSES
    assert "0" not in limit._buckets


@pytest.mark.parametrize(("address", "own"), [("127.0.0.1", True), ("::1", True), ("203.0.113.7", False), ("", False)])
def test_the_machine_itself_is_not_limited(address: str, own: bool) -> None:
    assert is_this_machine(address) is own


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


def test_a_body_that_is_too_large_is_refused(demo: tuple[str, int]) -> None:
    chunk = b" " * 1_000_000
    chunks = LARGEST_BODY // len(chunk) + 1
    for content in (chunk * chunks, (chunk for _ in range(chunks))):  # with a length, and without
        answer = httpx.post(demo[0] + CALL, content=content, headers={"Content-Type": "application/json"}, timeout=60)
        assert answer.status_code == 413
        assert answer.json()["detail"] == "The request is too large: at most 32 MB are read. Send less at once."


def test_a_promise_of_two_gigabytes_is_refused_at_once(demo: tuple[str, int]) -> None:
    """Nothing of the body is sent."""
    host, port = demo[0].removeprefix("http://").split(":")
    for path in (CALL, "/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/mcp/"):
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {2 * 10**9}\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 413 "), path


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({"host": "demo.example:7860"}, False),
        ({"host": "demo.example:7860", "origin": "http://demo.example:7860"}, False),
        ({"host": "127.0.0.1:7860", "x-forwarded-host": "demo.example", "origin": "https://demo.example"}, False),
        ({"host": "demo.example", "origin": "https://evil.example"}, True),
        ({"host": "demo.example", "origin": "null"}, True),
        ({"host": "demo.example", "origin": ""}, True),
        ({"host": "", "origin": "null"}, True),
        ({"host": "[", "origin": "http://["}, True),
    ],
)
def test_pages_of_other_sites_are_told_apart(headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(Headers(headers)) is foreign


def test_pages_of_other_sites_are_not_answered(demo: tuple[str, int]) -> None:
    answer = httpx.get(f"{demo[0]}/health", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "models" not in answer.text
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_nobody_jumps_the_queue(demo: tuple[str, int]) -> None:
    answer = httpx.post(f"{demo[0]}/gradio_api/run/sample_beats", json={"data": []})
    assert answer.status_code == 404


def test_an_analysis_that_takes_too_long_is_broken_off() -> None:
    recording = take_lead(Source("made", ("MLII",), ("mV",), (FS,), lambda _: ECG))
    told: list[str] = []
    assert len(analyse(recording, {}, within(60, lambda _, doing: told.append(doing))).peaks) > 10
    assert told == ["looking for noise", "finding the heartbeats", "cutting the heartbeats"]
    with pytest.raises(InputError, match="takes longer than -1 s .0% of it is done.. Give a shorter part"):
        analyse(recording, {}, within(-1))


def test_an_error_that_is_not_meant_for_people_has_words(demo: tuple[str, int]) -> None:
    call = f"{demo[0]}/gradio_api/call/classify_beat"
    event = httpx.post(call, json={"data": []}).json()["event_id"]
    said = httpx.get(f"{call}/{event}", timeout=60).text
    assert json.loads(said.partition("data: ")[2])["error"].startswith("The server could not answer this.")


@pytest.mark.parametrize("path", ["call/nope", "call/v2/nope", "call/v2/classify_beat"])
def test_an_unknown_name_is_told(demo: tuple[str, int], path: str) -> None:
    answer = httpx.post(f"{demo[0]}/gradio_api/{path}", json={"data": [], "nope": 1})
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("There is no endpoint of that name")
