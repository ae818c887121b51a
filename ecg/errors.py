"""The one exception of this package that is meant for a person to read."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class InputError(ValueError):
    """Something given to the program is missing or wrong; the message says what, what was expected and what to do."""


def explain_input_errors(main: Callable[P, R]) -> Callable[P, R]:
    """Let a command end with the message of an `InputError` and exit status 2 rather than a traceback.

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
            return main(*args, **kwargs)
        except InputError as error:
            print(f"error: {error}", file=sys.stderr)
            sys.exit(2)

    return explained
