"""Keep an invalid request out of the batches in which Gradio answers others.

Gradio gives a function with ``batch=True`` all requests that wait for it at once, and so pays once for what takes most of the
time of an answer. If one of them is invalid, it fails them all. Its own ``validator=`` would cost each request as much time as
the batch saves, and would change the answer of the endpoint.
"""

from collections.abc import Callable, Sequence
from typing import Any

from gradio.queueing import Event, Queue


def answer_invalid_alone(queue: Queue, is_valid: Callable[[Sequence[Any]], bool]) -> None:
    """Let batches hold valid requests only. An invalid one is answered by itself, in its turn.

    Parameters
    ----------
    queue : gradio.queueing.Queue
        The queue of the app.
    is_valid : callable
        Takes the inputs of a request to the batched function.
    """
    next_events = queue.get_events

    def is_valid_event(event: Event) -> bool:
        return event.data is not None and is_valid(event.data.data)

    def next_valid_events() -> tuple[list[Event], bool, str] | None:
        taken = next_events()
        if taken is None or len(taken[0]) == 1:
            return taken
        (first, *others), batch, concurrency_id = taken
        along = [event for event in others if is_valid_event(event)] if is_valid_event(first) else []
        waiting = [event for event in others if event not in along]
        queue.event_queue_per_concurrency_id[concurrency_id].queue[:0] = waiting
        return [first, *along], batch, concurrency_id

    # Gradio has no setting for which requests go together
    queue.get_events = next_valid_events  # type: ignore[method-assign]
