"""Show a person what was wrong, in the words of the library."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gradio as gr

from ecg.errors import InputError


@contextmanager
def shown_errors(written: Callable[[str], str] = str) -> Iterator[None]:
    """Turn an `InputError` into the message that Gradio shows, on the page and to programs.

    Parameters
    ----------
    written : callable, optional
        How the message is written; `ui.markup.verbatim` for the page, which takes it for HTML.

    Yields
    ------
    None
        Nothing; the body of the ``with`` runs.

    Raises
    ------
    gr.Error
        With the message of the `InputError`.
    """
    try:
        yield
    except InputError as error:
        raise gr.Error(written(str(error)), print_exception=False) from None
