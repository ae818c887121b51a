"""Classify an archive with the cores of one machine."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from ecg.archive.classifying import Archive, classify_recording, fail
from ecg.archive.finding import Found
from ecg.archive.store import Store
from ecg.inference.classifier import Model

ATTEMPTS = 3
"""A recording whose worker is killed is tried so many times; on a cluster at least."""
KILLED = "Its worker was killed whenever it was tried: it needs more memory than there is, or makes its reader crash."

_archive: Archive
_models: dict[str, Model]


def classify_here(todo: Sequence[Found], archive: Archive, workers: int) -> Iterator[tuple[Found, bool]]:
    """Classify recordings with worker processes.

    When a worker is killed, those that were at work are begun again, one by one, so that the recording that kills its worker
    takes no other with it.

    Parameters
    ----------
    todo : sequence of Found
        The recordings, in the order in which they are begun.
    archive : Archive
        Where they are, and how to read them.
    workers : int
        Number of processes, of one thread each.

    Yields
    ------
    (Found, bool)
        A recording, and whether it is done; it has failed otherwise.
    """
    waiting = list(reversed(todo))
    while waiting:
        running: dict[Future[bool], Found] = {}
        try:
            with _pool(archive, workers) as pool:
                while waiting or running:
                    while waiting and len(running) < workers:  # no more than are at work, so that it is known who was
                        running[pool.submit(_classify, waiting[-1])] = waiting[-1]
                        waiting.pop()
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        done = future.result()
                        yield running.pop(future), done
        except BrokenProcessPool:
            for found in running.values():
                yield found, _classify_alone(found, archive)


def _classify_alone(found: Found, archive: Archive) -> bool:
    for _ in range(ATTEMPTS - 1):
        try:
            with _pool(archive, 1) as pool:
                return pool.submit(_classify, found).result()
        except BrokenProcessPool:
            continue
    fail(Store(archive.results), found.name, KILLED)
    return False


def _pool(archive: Archive, workers: int) -> ProcessPoolExecutor:
    # spawned, not forked: ONNX Runtime has threads
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(archive,))


def _start(archive: Archive) -> None:
    """Make this process a worker: it holds the models, and ends when the run ends, however that ends."""
    global _archive, _models
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the driver
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _archive, _models = archive, archive.load_models()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101  (a worker has one)
    parent.join()
    os._exit(1)


def _classify(found: Found) -> bool:
    return classify_recording(found, _archive, _models)
