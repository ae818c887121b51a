"""An idle queue waits for requests instead of polling, and answers them at once."""

import asyncio
from collections import Counter

import gradio as gr
import pytest
from gradio import queueing
from gradio.queueing import Queue

from ui.idle_queue import wait_instead_of_polling


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    """The queue of an app, without the loops that look for requests."""
    monkeypatch.setattr(queueing, "asyncio", asyncio)
    with gr.Blocks() as demo:
        gr.api(lambda: 1, api_name="one")
    demo.queue()

    async def push(**_: object) -> tuple[bool, str, str]:
        return True, "an event", "success"

    demo._queue.push = push
    wait_instead_of_polling(demo._queue)
    return demo._queue


def test_an_idle_queue_sleeps_until_a_request_comes(queue: Queue) -> None:
    woken = Counter[str]()

    async def sleep_and_push() -> None:
        sleeping = asyncio.create_task(queueing.asyncio.sleep(0.001))
        for _ in range(10):
            await asyncio.sleep(0.005)
            woken["before"] += sleeping.done()
        assert await queue.push() == (True, "an event", "success")  # type: ignore[call-arg]
        await asyncio.wait_for(sleeping, 30)
        woken["after"] += sleeping.done()

    asyncio.run(sleep_and_push())
    assert woken == {"before": 0, "after": 1}


def test_a_busy_queue_sleeps_as_long_as_gradio_asks(queue: Queue) -> None:
    queue.active_jobs = [[object()]]  # type: ignore[list-item]

    async def sleep() -> None:
        await asyncio.wait_for(queueing.asyncio.sleep(0.001), 0.9)

    asyncio.run(sleep())
