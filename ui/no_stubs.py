"""Keep Gradio from working out type stubs whenever it is imported, which takes a quarter of the start of the demo.

For each class with events Gradio parses its own source files, and writes or compares ``.pyi`` files beside them that only
editors read. There is no switch; but a class without a source file is passed over.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any


@contextmanager
def no_type_stubs() -> Iterator[None]:
    """Let Gradio be imported without stubs.

    Yields
    ------
    None
        While Gradio's classes have no source file, as far as `inspect.getfile` tells.
    """
    getfile = inspect.getfile
    inspect.getfile = partial(_getfile_of_others, getfile)
    try:
        yield
    finally:
        inspect.getfile = getfile


def _getfile_of_others(getfile: Callable[[Any], str], thing: Any) -> str:
    if getattr(thing, "__module__", "").startswith("gradio."):
        raise OSError(f"{thing!r} shall have no stub.")
    return getfile(thing)
