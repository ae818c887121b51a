"""Find the recordings below a folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from ecg.errors import InputError
from ecg.io.wfdb_headers import first_words

SUFFIXES = (".hea", ".edf", ".npy", ".csv", ".tsv")
"""Suffixes of recordings. Text files and zip files are not searched: they are mostly READMEs and packed copies."""


@dataclass(frozen=True)
class FoundRecording:
    """A recording below a folder.

    Attributes
    ----------
    name : str
        Path of its file (of its header, if it has one) relative to that folder, with ``/`` between the parts.
    size : int
        Size of all its files in bytes.
    """

    name: str
    size: int


def find_recordings(folder: Path, results: Path) -> list[FoundRecording]:
    """Find all recordings below a folder, sorted by name.

    Segments of a multi-segment WFDB record do not count as recordings. Hidden files and folders, and the folder of the
    results, are skipped.

    Raises
    ------
    InputError
        If there is none.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder. Give the folder that holds the recordings.")
    found = []
    for directory, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith(".") and Path(directory, each) != results)
        found += _recordings_of(Path(directory), [name for name in names if not name.startswith(".")], folder)
    if not found:
        raise InputError(
            f"{folder} holds no recording: files that end in {', '.join(SUFFIXES)} are expected, or folders of them."
        )
    return sorted(found, key=lambda each: each.name)


def _recordings_of(directory: Path, names: list[str], folder: Path) -> list[FoundRecording]:
    headers = {name: first_words(directory / name) for name in names if name.endswith(".hea")}
    segments = {f"{word}.hea" for words in headers.values() if words and "/" in words[0] for word in words[1:]}
    recordings = [name for name in names if name.lower().endswith(SUFFIXES) and name not in segments]
    return [
        FoundRecording((directory / name).relative_to(folder).as_posix(), _size(directory, name, headers.get(name, [])))
        for name in recordings
    ]


def _size(directory: Path, name: str, segments_or_files: list[str]) -> int:
    files = {name, *segments_or_files, *(f"{segment}.dat" for segment in segments_or_files)}
    return sum((directory / file).stat().st_size for file in files if (directory / file).is_file())
