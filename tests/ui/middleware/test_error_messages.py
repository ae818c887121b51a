"""Failed calls get a message."""

import json

import httpx

from ui.middleware.error_messages import SERVER_ERROR, with_message


def test_an_error_without_a_message_gets_one(demo: tuple[str, int]) -> None:
    call = f"{demo[0]}/gradio_api/call/classify_beat"
    event = httpx.post(call, json={"data": []}).json()["event_id"]
    answer = httpx.get(f"{call}/{event}", timeout=60).text
    assert json.loads(answer.partition("data: ")[2])["error"] == SERVER_ERROR


def test_other_events_stay_as_they_are() -> None:
    event = b'event: error\ndata: {"error": "13 is wrong"}\n\n'
    assert with_message(event) == event
