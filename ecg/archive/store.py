"""The folder of results: its layout, and writing files that are whole or absent.

    run.json                     the models and options; a folder holds the results of one choice of them
    beats/<recording>.parquet    one row for each beat
    summaries/<recording>.json   one row of the summary; it is written last and marks a recording as done
    failures/<recording>.json    the reason why a recording could not be classified
    summary.parquet, failed.csv  all these rows together, written anew at the end of each run

Results are named after the recordings, with their folders and suffixes, so that no two have the same name.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ecg.atomic_files import UNFINISHED, naming, read_json, whole_file, write_json
from ecg.errors import InputError, explain_disk_errors
from ecg.processes import exclusive


class Store:
    """The results of an archive, in a folder that every machine sees under the same path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def beats(self, name: str) -> Path:
        """Return the path of the parquet file with the beats of a recording."""
        return self._path("beats", name, ".parquet")

    def summary(self, name: str) -> Path:
        """Return the path of the JSON file with the summary of a recording. It exists if and only if the recording is done."""
        return self._path("summaries", name, ".json")

    def failure(self, name: str) -> Path:
        """Return the path of the JSON file with the reason of a failure. It does not count once the recording is done."""
        return self._path("failures", name, ".json")

    def _path(self, kind: str, name: str, suffix: str) -> Path:
        *folders, file = (_escaped(part) for part in name.split("/"))
        return self.folder.joinpath(kind, *folders, file + suffix)

    @contextmanager
    def locked(self, choices: dict[str, Any]) -> Iterator[None]:
        """Lock the folder for one run with these choices, and delete the unfinished files of an interrupted run.

        The lock is released when this process ends, in whatever way.

        Raises
        ------
        InputError
            If another run holds the folder, or the results in it have other choices.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        refusal = f"Another run is writing into {self.folder}. Wait for its end, or choose another folder."
        with exclusive(self.folder / ".lock", refusal):
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


def write_row(path: Path, row: dict[str, Any]) -> None:
    """Write a dict of plain values, without NaN, as JSON.

    Raises
    ------
    InputError
        If the disk is full.
    """
    with explain_disk_errors(), naming(path), whole_file(path) as file:
        file.write(json.dumps(row, allow_nan=False, ensure_ascii=False).encode())


def _escaped(part: str) -> str:
    # pyarrow and Spark skip names that start with "_", and read "a=b" as a column
    escaped = part.replace("%", "%25").replace("=", "%3D")
    return "%5F" + escaped[1:] if escaped.startswith("_") else escaped
