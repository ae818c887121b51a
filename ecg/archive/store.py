"""The folder of results: what stands where, and how a file gets there whole or not at all.

    run.json                     the models and options; a folder holds the results of one choice of them
    beats/<recording>.parquet    a row a beat
    summaries/<recording>.json   a row of the summary; written last, it marks a recording as done
    failures/<recording>.json    why a recording could not be classified
    summary.parquet, failed.csv  those rows together, derived anew at the end of each run

Names of results are names of recordings with their folders and suffixes, so that no two meet.
"""

import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ecg.atomic_files import naming, read_json, write_json
from ecg.errors import InputError, explain_disk_errors

UNFINISHED = ".part"


class Store:
    """The results of an archive.

    Parameters
    ----------
    folder : Path
        Their folder, which every machine that works on them must see under this path.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def beats(self, name: str) -> Path:
        """Say where the beats of a recording stand.

        Parameters
        ----------
        name : str
            The recording.

        Returns
        -------
        Path
            The parquet file.
        """
        return self._path("beats", name, ".parquet")

    def summary(self, name: str) -> Path:
        """Say where the summary of a recording stands.

        Parameters
        ----------
        name : str
            The recording.

        Returns
        -------
        Path
            The JSON file. It is there if and only if the recording is done.
        """
        return self._path("summaries", name, ".json")

    def failure(self, name: str) -> Path:
        """Say where it stands why a recording could not be classified.

        Parameters
        ----------
        name : str
            The recording.

        Returns
        -------
        Path
            The JSON file. A recording that is done did not fail, whatever stands there of an earlier run.
        """
        return self._path("failures", name, ".json")

    def _path(self, kind: str, name: str, suffix: str) -> Path:
        *folders, file = (_escaped(part) for part in name.split("/"))
        return self.folder.joinpath(kind, *folders, file + suffix)

    @contextmanager
    def locked(self, choices: dict[str, Any]) -> Iterator[None]:
        """Keep the folder for one run, and sweep away what an interrupted one left unfinished.

        Parameters
        ----------
        choices : dict
            The models and options of this run.

        Yields
        ------
        None
            While the folder is kept. It is free again when this process ends, however it ends.

        Raises
        ------
        InputError
            If another run is at work in the folder, or one with other models or options has been.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(
                    f"Another run is writing into {self.folder}. Wait for its end, or choose another folder."
                ) from None
            for left in self.folder.rglob(f".*{UNFINISHED}"):
                left.unlink(missing_ok=True)
            note = self.folder / "run.json"
            if note.is_file() and read_json(note) != choices:
                raise InputError(
                    f"{self.folder} holds results of other models or options (see {note.name} there), with which these must "
                    "not be mixed. Choose another folder."
                )
            write_json(note, choices)
            yield


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file that appears when it is whole, or not at all; also where several processes write the same one.

    Parameters
    ----------
    path : Path
        The file; its folder is made.

    Yields
    ------
    BinaryIO
        What to write into. If the block ends with an error, nothing remains of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{uuid.uuid4().hex}{UNFINISHED}")
    try:
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
        _sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Let a power cut not undo a renaming: a summary must not outlive the beats that were written before it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_row(path: Path, row: dict[str, Any]) -> None:
    """Write what is said of one recording.

    Parameters
    ----------
    path : Path
        The JSON file.
    row : dict
        Plain values, none of them NaN.

    Raises
    ------
    InputError
        If the disk is full.
    """
    with explain_disk_errors(), naming(path), whole_file(path) as file:
        file.write(json.dumps(row, allow_nan=False, ensure_ascii=False).encode())


def _escaped(part: str) -> str:
    # pyarrow and Spark pass over names that begin with "_", and read "a=b" as a column
    escaped = part.replace("%", "%25").replace("=", "%3D")
    return "%5F" + escaped[1:] if escaped.startswith("_") else escaped
