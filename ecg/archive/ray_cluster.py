"""Classify an archive on a Ray cluster. Actors hold the models; Ray Data schedules and retries.

Every node must see the recordings, the results and the models under the same paths as this machine, and must have the packages
of ``requirements-ray.txt`` in the same versions. This package itself is sent to the nodes.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ecg
from ecg.archive.discovery import FoundRecording
from ecg.archive.one_machine import ATTEMPTS, KILLED_REASON
from ecg.archive.store import Store
from ecg.archive.worker import Archive, classify_recording, note_failure
from ecg.errors import InputError

try:
    import ray
    import ray.data
except ImportError as error:
    raise InputError("Ray is not installed. Install it: pip install -r requirements-ray.txt") from error

MOST_RAY_BLOCKS = 10_000
"""Ray Data tracks every block; with millions of blocks the driver would be the bottleneck."""


class RayWorker:
    """A Ray actor that holds the models and classifies one recording after the other."""

    def __init__(self, archive: Archive) -> None:
        self._archive, self._models = archive, archive.load_models()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Classify a recording, given by name and size; add ``done``, and ``stop``: the reason to end the run, or ""."""
        try:
            return {**row, "done": classify_recording(FoundRecording(**row), self._archive, self._models), "stop": ""}
        except InputError as error:
            return {**row, "done": False, "stop": str(error)}


def classify_on_ray(todo: Sequence[FoundRecording], archive: Archive, address: str) -> Iterator[tuple[FoundRecording, bool]]:
    """Classify recordings, in the given order, with actors on a Ray cluster at an address (``HOST:PORT`` or ``auto``).

    Yields
    ------
    (FoundRecording, bool)
        A recording, and whether it is done; otherwise it has failed.

    Raises
    ------
    InputError
        If no cluster answers, or the results cannot be written.
    """
    try:
        ray.init(
            address,
            runtime_env={"py_modules": [str(Path(ecg.__file__).parent)]},
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, ValueError) as error:
        raise InputError(f"No Ray cluster answers at {address} ({error}). Start one: ray start --head") from None
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # its log is on the cluster
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.max_errored_blocks = -1  # a recording that always kills its actor must not end the run
    try:
        yield from _classify(todo, archive)
    finally:
        ray.shutdown()


def _classify(todo: Sequence[FoundRecording], archive: Archive) -> Iterator[tuple[FoundRecording, bool]]:
    """Classify recordings; retry those without a result in blocks of their own, to isolate those that kill their worker."""
    waiting = {found.name: found for found in todo}
    for attempt in range(ATTEMPTS):
        blocks = len(waiting) if attempt else min(len(waiting), MOST_RAY_BLOCKS)
        for row in _classified_rows(list(waiting.values()), archive, blocks) if waiting else ():
            if row["stop"]:
                raise InputError(row["stop"])
            if found := waiting.pop(row["name"], None):
                yield found, row["done"]
    for found in waiting.values():
        note_failure(Store(archive.results), found.name, KILLED_REASON)
        yield found, False


def _classified_rows(todo: Sequence[FoundRecording], archive: Archive, blocks: int) -> Iterator[dict[str, Any]]:
    rows = ray.data.from_items([{"name": found.name, "size": found.size} for found in todo], override_num_blocks=blocks)
    worker: Any = RayWorker  # Ray makes actors of it; its types know functions only
    classified = rows.map(
        worker,
        fn_constructor_args=(archive,),
        compute=ray.data.ActorPoolStrategy(min_size=1),
        num_cpus=1,
        ray_remote_args_fn=lambda: {"max_task_retries": ATTEMPTS - 1},  # Ray's default is to try for ever
    )
    yield from classified.iter_rows()
