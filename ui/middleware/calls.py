"""Forget a call once its answer has been fetched.

Gradio keeps the session that it makes for each call of a program (half a megabyte here, for 10,000 calls), and looks through
all calls there ever were for the one whose answer is fetched.
"""

import re
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

FETCHING = re.compile(r"/gradio_api/call/(?:v2/)?[^/]+/(\w+)")
"""The path by which a program fetches an answer."""


class ForgetfulCalls:
    """Forget each call whose answer has been fetched.

    Parameters
    ----------
    app : ASGI application
        What is behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._app(scope, receive, send)
        fetched = FETCHING.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if fetched:
            forget(scope["app"], fetched[1])


def forget(app: Any, event: str) -> None:
    """Forget a call that has ended.

    Parameters
    ----------
    app : gradio.routes.App
        The app.
    event : str
        The call. It is its own session, unless the program has named one, which is kept.
    """
    queue, sessions = app.get_blocks()._queue, app.state_holder
    if event not in queue.event_ids_to_events and not queue.pending_event_ids_session.get(event):
        queue.pending_event_ids_session.pop(event, None)
        queue.pending_messages_per_session.pop(event, None)
        sessions.session_data.pop(event, None)
        sessions.time_last_used.pop(event, None)
