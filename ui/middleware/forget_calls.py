"""Free the memory of a program's call once its answer has been fetched.

Gradio makes a session for each call of a program, of half a megabyte here, and keeps the last ``state_session_capacity`` of
them. It also searches all past calls for the one whose answer is fetched. A small capacity alone would not do: calls would
then push out the sessions of open pages, with their recordings.
"""

import re
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

ANSWER_PATH = re.compile(r"/gradio_api/call/(?:v2/)?[^/]+/(\w+)")
"""The path by which a program fetches the answer of a call."""


class ForgetCalls:
    """Forget each call whose answer has been fetched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._app(scope, receive, send)
        fetched = ANSWER_PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if fetched:
            forget_call(scope["app"], fetched[1])


def forget_call(app: Any, event_id: str) -> None:
    """Forget a call that has ended: it is its own session, unless the program has named one, which is kept."""
    queue, sessions = app.get_blocks()._queue, app.state_holder
    if event_id not in queue.event_ids_to_events and not queue.pending_event_ids_session.get(event_id):
        queue.pending_event_ids_session.pop(event_id, None)
        queue.pending_messages_per_session.pop(event_id, None)
        sessions.session_data.pop(event_id, None)
        sessions.time_last_used.pop(event_id, None)
