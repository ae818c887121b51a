"""Limit the time of an analysis.

The size of the input bounds the time of everything else: 5,000 beats are classified within seconds. A recording of a week
takes minutes, on a busy machine more.
"""

import time
from collections.abc import Callable

from ecg.errors import InputError

LONGEST_ANALYSIS_S = 600.0
Report = Callable[[float, str], None]
"""Takes the share that is done, from 0 to 1, and what is being done."""


def with_deadline(seconds: float, report: Report | None = None) -> Report:
    """Add a deadline to a report of progress.

    Parameters
    ----------
    seconds : float
        How long the analysis may take from now on.
    report : callable, optional
        The report of progress.

    Returns
    -------
    callable
        Takes the place of `report`. After the deadline it raises `InputError`: a thread cannot be ended from outside.
    """
    deadline = time.monotonic() + seconds

    def report_or_stop(share: float, doing: str) -> None:
        if time.monotonic() > deadline:
            raise InputError(
                f"Reading this recording takes longer than {seconds:g} s ({share:.0%} of it is done). Give a shorter part, or "
                "try again when the server is less busy."
            )
        if report is not None:
            report(share, doing)

    return report_or_stop
