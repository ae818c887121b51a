"""The exception whose message people read, and how commands show it."""

import errno
import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
MAKE_ROOM = "Make room on that disk, or choose another one"
CHOOSE_ANOTHER = "Choose a folder in which this user may read and write"
WHAT_TO_DO = {
    errno.ENOSPC: MAKE_ROOM,
    errno.EDQUOT: MAKE_ROOM,
    errno.EFBIG: MAKE_ROOM,
    errno.EROFS: CHOOSE_ANOTHER,
    errno.EACCES: CHOOSE_ANOTHER,
}
"""What to do about the errors of a full disk, and of one that this user may not write to."""


class InputError(ValueError):
    """Something that the program was given is missing or wrong; the message says what, what was expected and what to do."""


@contextmanager
def explain_disk_errors() -> Iterator[None]:
    """Turn the errors of a full disk, and of one that this user may not write to, into an `InputError`."""
    try:
        yield
    except OSError as error:
        if error.errno not in WHAT_TO_DO:
            raise
        raise InputError(
            f"{error.filename or 'A file'}: {os.strerror(error.errno)}. {WHAT_TO_DO[error.errno]}, and start the same command "
            "again. Files that were there before are as they were."
        ) from error


def explain_input_errors(main: Callable[P, R]) -> Callable[P, R]:
    """Let a command end with a message and exit status 2, without a traceback, on an `InputError` or a full disk."""

    @functools.wraps(main)
    def explained(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with explain_disk_errors():
                return main(*args, **kwargs)
        except InputError as error:
            print(f"error: {error}", file=sys.stderr)
            sys.exit(2)

    return explained
