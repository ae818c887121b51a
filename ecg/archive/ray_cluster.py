"""Classify an archive on a Ray cluster: actors hold the models, scheduling and retries are Ray Data's.

Every node must see the recordings, the results and the models under the paths they have here, and have the packages of
``requirements-ray.txt`` in the same versions; this package itself is sent along.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ecg
from ecg.archive.classifying import Archive, classify_recording, fail
from ecg.archive.finding import Found
from ecg.archive.one_machine import ATTEMPTS, KILLED
from ecg.archive.store import Store
from ecg.errors import InputError

try:
    import ray
    import ray.data
except ImportError as error:
    raise InputError("Ray is not installed. Install it: pip install -r requirements-ray.txt") from error

MOST_BLOCKS = 10_000
"""Ray Data keeps account of every block: with millions of them the driver would be what all wait for."""


class Reader:
    """An actor of Ray: it holds the models, and classifies one recording after the other.

    Parameters
    ----------
    archive : Archive
        Where the recordings are, and how to read them.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive, self._models = archive, archive.load_models()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Classify a recording.

        Parameters
        ----------
        row : dict
            Name and size of the recording.

        Returns
        -------
        dict
            The same, whether it is ``done``, and why the run must stop, if it must.
        """
        try:
            return {**row, "done": classify_recording(Found(**row), self._archive, self._models), "stop": ""}
        except InputError as error:
            return {**row, "done": False, "stop": str(error)}


def classify_on_ray(todo: Sequence[Found], archive: Archive, address: str) -> Iterator[tuple[Found, bool]]:
    """Classify recordings with actors on a Ray cluster.

    Parameters
    ----------
    todo : sequence of Found
        The recordings, in the order in which they are begun.
    archive : Archive
        Where they are, and how to read them.
    address : str
        The cluster: ``HOST:PORT``, or ``auto``.

    Yields
    ------
    (Found, bool)
        A recording, and whether it is done; it has failed otherwise.

    Raises
    ------
    InputError
        If no cluster answers there, or the results cannot be written.
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
    context.max_errored_blocks = -1  # a recording that kills its actor again and again must not end the run
    try:
        yield from _classify(todo, archive)
    finally:
        ray.shutdown()


def _classify(todo: Sequence[Found], archive: Archive) -> Iterator[tuple[Found, bool]]:
    """Try what has come to nothing once more, each recording in a block of its own, to find those that are to blame."""
    waiting = {found.name: found for found in todo}
    for attempt in range(ATTEMPTS):
        blocks = len(waiting) if attempt else min(len(waiting), MOST_BLOCKS)
        for row in _dataset(list(waiting.values()), archive, blocks) if waiting else ():
            if row["stop"]:
                raise InputError(row["stop"])
            if found := waiting.pop(row["name"], None):
                yield found, row["done"]
    for found in waiting.values():
        fail(Store(archive.results), found.name, KILLED)
        yield found, False


def _dataset(todo: Sequence[Found], archive: Archive, blocks: int) -> Iterator[dict[str, Any]]:
    rows = ray.data.from_items([{"name": found.name, "size": found.size} for found in todo], override_num_blocks=blocks)
    reader: Any = Reader  # Ray makes actors of it; its types know functions only
    classified = rows.map(
        reader,
        fn_constructor_args=(archive,),
        compute=ray.data.ActorPoolStrategy(min_size=1),
        num_cpus=1,
        ray_remote_args_fn=lambda: {"max_task_retries": ATTEMPTS - 1},  # Ray's default is to try for ever
    )
    yield from classified.iter_rows()
