"""Show the messages of `InputError` to people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gradio as gr

from ecg.errors import InputError


@contextmanager
def show_input_errors(escape: Callable[[str], str] = str) -> Iterator[None]:
    """Turn an `InputError` into the `gradio.Error` that the page and programs show.

    Parameters
    ----------
    escape : callable, optional
        Applied to the message; `ui.markup.verbatim` for the page, which takes messages for HTML.
    """
    try:
        yield
    except InputError as error:
        raise gr.Error(escape(str(error)), print_exception=False) from None
