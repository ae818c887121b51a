"""A limit on the time of an analysis.

The size of what is given bounds the time of everything else: 5,000 beats are read within seconds. A recording of a week takes
minutes, on a busy machine more.
"""

import time
from collections.abc import Callable

from ecg.errors import InputError

LONGEST = 600.0
"""Seconds that the analysis of a recording may take."""
Report = Callable[[float, str], None]


def within(seconds: float, report: Report | None = None) -> Report:
    """Break off an analysis that takes too long, when it next tells how far it has come.

    Parameters
    ----------
    seconds : float
        How long it may take from now on.
    report : callable, optional
        Is told the share that is done and what is being done.

    Returns
    -------
    callable
        Takes the place of `report`. It raises `InputError` once the time is over: a thread cannot be ended from without.
    """
    end = time.monotonic() + seconds

    def checked(share: float, doing: str) -> None:
        if time.monotonic() > end:
            raise InputError(
                f"Reading this recording takes longer than {seconds:g} s ({share:.0%} of it is done). Give a shorter part, or "
                "try again when the server is less busy."
            )
        if report is not None:
            report(share, doing)

    return checked
