"""Requests that wait together are answered together, except those that would fail the others."""

import time
from collections.abc import Sequence
from threading import Event
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from ui.batch_filter import answer_invalid_alone


def is_valid(inputs: Sequence[Any]) -> bool:
    """All numbers are valid, except 13."""
    return list(inputs) != [13]


def test_a_wrong_request_fails_itself_alone() -> None:
    begun, go_on, batches = Event(), Event(), list[list[int]]()

    def double(numbers: list[int]) -> tuple[list[int]]:
        batches.append(list(numbers))
        begun.set()
        go_on.wait(30)  # the first keeps all others waiting
        if 13 in numbers:
            raise gr.Error("13 is wrong", print_exception=False)
        return ([2 * number for number in numbers],)

    double.__annotations__ = {"numbers": int, "return": int}  # what programs are told
    with gr.Blocks() as demo:
        gr.api(double, api_name="double", batch=True, max_batch_size=4)
    demo.queue()
    answer_invalid_alone(demo._queue, is_valid)
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True)
    try:
        client = Client(url, verbose=False)
        first = client.submit(0, api_name="/double")
        assert begun.wait(30)
        jobs = {number: client.submit(number, api_name="/double") for number in (1, 2, 13, 3, 4, 5)}
        while len(demo._queue) < len(jobs):
            assert not first.done()
            time.sleep(0.01)
        go_on.set()
        with pytest.raises(AppError, match="13 is wrong"):
            jobs.pop(13).result(timeout=30)
        assert {number: job.result(timeout=30) for number, job in jobs.items()} == {1: 2, 2: 4, 3: 6, 4: 8, 5: 10}
    finally:
        demo.close()
    assert [13] in batches
    assert len(batches) <= 4  # 0, 13, and the others, four at a time
