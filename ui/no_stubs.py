"""Import Gradio without its type stubs, which take a quarter of the start of the demo.

At import Gradio parses its own source files, and writes ``.pyi`` files for editors beside them. There is no setting against
it, but it skips a class without a source file.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any


@contextmanager
def no_type_stubs() -> Iterator[None]:
    """While this is open, `inspect.getfile` finds no source files of Gradio's classes."""
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
