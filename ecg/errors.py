"""The one exception of this package that is meant for a person to read."""

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
"""What to do about the errors of a disk that takes no more, or not from this user."""


class InputError(ValueError):
    """Something given to the program is missing or wrong; the message says what, what was expected and what to do."""


@contextmanager
def explain_disk_errors() -> Iterator[None]:
    """Turn what a full or forbidden disk raises into an error that a person understands.

    Yields
    ------
    None
        To write.

    Raises
    ------
    InputError
        If the disk takes no more, or not from this user.
    """
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
    """Let a command end with a message and exit status 2 rather than a traceback: of an `InputError`, and of a full disk.

    Parameters
    ----------
    main : callable
        The command.

    Returns
    -------
    callable
        The same command.
    """

    @functools.wraps(main)
    def explained(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with explain_disk_errors():
                return main(*args, **kwargs)
        except InputError as error:
            print(f"error: {error}", file=sys.stderr)
            sys.exit(2)

    return explained
