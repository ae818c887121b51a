"""Let Gradio's queue wait for requests instead of looking for them a thousand times a second.

Its two loops sleep for 1 and 10 ms between looks, which takes 7 % of a core with nobody connected. Longer sleeps would delay
answers. So the loops get another ``asyncio.sleep``, which an idle queue leaves as soon as a request comes.
"""

import asyncio
from types import ModuleType
from typing import Any

from gradio import queueing
from gradio.queueing import Queue

LONGEST_WAIT_S = 1.0
"""After that the loops look anyway, for instance whether the server is being stopped."""


def wait_instead_of_polling(queue: Queue) -> None:
    """Let an idle queue sleep until a request is pushed."""
    push, pushed = queue.push, asyncio.Event()

    async def push_and_wake(*args: Any, **kwargs: Any) -> Any:
        result = await push(*args, **kwargs)
        pushed.set()
        return result

    async def sleep(seconds: float) -> None:
        if len(queue) or any(queue.active_jobs):
            await asyncio.sleep(seconds)
            return
        pushed.clear()
        try:
            await asyncio.wait_for(pushed.wait(), max(seconds, LONGEST_WAIT_S))
        except TimeoutError:
            return

    queue_asyncio = ModuleType("asyncio")
    vars(queue_asyncio).update(vars(asyncio), sleep=sleep)
    queueing.asyncio = queue_asyncio
    queue.push = push_and_wake  # type: ignore[method-assign]
