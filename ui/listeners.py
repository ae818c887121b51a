"""Listeners of the page that are no endpoints for programs; those stand in `ui.api`."""

from collections.abc import Callable, Sequence
from typing import Any

from gradio.components import Component
from gradio.context import get_blocks_context

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}


def on_load(fn: Callable[..., Any], inputs: Sequence[Component], outputs: Sequence[Component]) -> None:
    """Call a function when the page of the app that is being composed is opened.

    Parameters
    ----------
    fn : callable
        The function; no partial, for Gradio must see whether it wants the request.
    inputs, outputs : sequence of gradio component
        What it takes and gives.

    Raises
    ------
    RuntimeError
        If no app is being composed.
    """
    context = get_blocks_context()
    if context is None:
        raise RuntimeError("no app is being composed")
    context.root_block.load(fn, list(inputs), list(outputs), **PRIVATE)
