"""Classify an archive on the cores of one machine."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from ecg.archive.discovery import FoundRecording
from ecg.archive.store import Store
from ecg.archive.worker import Archive, classify_recording, note_failure
from ecg.inference.classifier import Model
from ecg.processes import follow_main_process

ATTEMPTS = 3
"""How often a recording is tried if its worker is killed; on a cluster at least."""
KILLED_REASON = "Its worker was killed whenever it was tried: it needs more memory than there is, or makes its reader crash."

_archive: Archive
_models: dict[str, Model]


def classify_on_this_machine(
    todo: Sequence[FoundRecording], archive: Archive, workers: int
) -> Iterator[tuple[FoundRecording, bool]]:
    """Classify recordings with worker processes of one thread each, in the given order.

    When a worker is killed, the recordings that were being classified are tried again one by one. So a recording that kills
    its worker stops no other.

    Yields
    ------
    (FoundRecording, bool)
        A recording, and whether it is done; otherwise it has failed.
    """
    waiting = list(reversed(todo))
    while waiting:
        running: dict[Future[bool], FoundRecording] = {}
        try:
            with _pool(archive, workers) as pool:
                while waiting or running:
                    while waiting and len(running) < workers:  # so that all submitted recordings are being classified
                        running[pool.submit(_classify, waiting[-1])] = waiting[-1]
                        waiting.pop()
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        done = future.result()
                        yield running.pop(future), done
        except BrokenProcessPool:
            for found in running.values():
                yield found, _classify_alone(found, archive)


def _classify_alone(found: FoundRecording, archive: Archive) -> bool:
    for _ in range(ATTEMPTS - 1):
        try:
            with _pool(archive, 1) as pool:
                return pool.submit(_classify, found).result()
        except BrokenProcessPool:
            continue
    note_failure(Store(archive.results), found.name, KILLED_REASON)
    return False


def _pool(archive: Archive, workers: int) -> ProcessPoolExecutor:
    # spawned, not forked: ONNX Runtime has threads
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(archive,))


def _start_worker(archive: Archive) -> None:
    """Load the models into this worker process, which ends when the main process ends."""
    global _archive, _models
    follow_main_process()
    _archive, _models = archive, archive.load_models()


def _classify(found: FoundRecording) -> bool:
    return classify_recording(found, _archive, _models)
