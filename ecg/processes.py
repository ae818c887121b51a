"""What keeps processes apart, and ends them together."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ecg.errors import InputError


@contextmanager
def exclusive(lock: Path, refusal: str) -> Iterator[None]:
    """Hold a lock file; raise `InputError` with the refusal if another process holds it.

    The system releases the lock of a process that is killed.
    """
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout:
        raise InputError(refusal) from None


def follow_main_process() -> None:
    """Make a worker process leave Ctrl-C to the main process, and end when that ends, in whatever way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_main_process, daemon=True).start()


def _end_with_main_process() -> None:
    main = multiprocessing.parent_process()
    if main is not None:
        main.join()
    os._exit(1)
