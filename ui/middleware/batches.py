"""Keep a wrong request out of the batches in which Gradio answers others.

To a function with ``batch=True`` Gradio gives all requests that wait for it at once, and pays once what it otherwise spends on
each, which is most of the time that an answer takes. But where one of them is wrong, it fails them all.
"""

from collections.abc import Callable, Sequence
from typing import Any

from gradio.queueing import Event, Queue


def answer_wrong_ones_alone(queue: Queue, is_right: Callable[[Sequence[Any]], bool]) -> None:
    """Let batches hold right requests only; a wrong one is answered by itself, in its turn.

    Parameters
    ----------
    queue : gradio.queueing.Queue
        The queue of the app.
    is_right : callable
        Tells by its inputs whether a request to the function that is called with batches is right.
    """
    next_events = queue.get_events

    def is_right_event(event: Event) -> bool:
        return event.data is not None and is_right(event.data.data)

    def next_right_events() -> tuple[list[Event], bool, str] | None:
        taken = next_events()
        if taken is None or len(taken[0]) == 1:
            return taken
        (first, *others), batch, concurrency_id = taken
        along = [event for event in others if is_right_event(event)] if is_right_event(first) else []
        waiting = [event for event in others if event not in along]
        queue.event_queue_per_concurrency_id[concurrency_id].queue[:0] = waiting
        return [first, *along], batch, concurrency_id

    # Gradio makes its queue itself and offers no place to say which requests go together
    queue.get_events = next_right_events  # type: ignore[method-assign]
