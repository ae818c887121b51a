"""Find the recordings below a folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from ecg.errors import InputError

SUFFIXES = (".hea", ".edf", ".npy", ".csv", ".tsv")
"""What is a recording by its name. A text file or a zip is none here: folders are full of READMEs and of packed copies."""


@dataclass(frozen=True)
class Found:
    """A recording below a folder.

    Attributes
    ----------
    name : str
        Path of its file (of its header, if it has one) from that folder, with ``/`` between the parts.
    size : int
        Bytes of its files.
    """

    name: str
    size: int


def find_recordings(folder: Path, results: Path) -> list[Found]:
    """Find all recordings below a folder.

    A WFDB record that is made of segments is one recording: its segments are none of their own. Hidden files and folders are
    passed over.

    Parameters
    ----------
    folder : Path
        The folder.
    results : Path
        Where results go; what is below it is passed over.

    Returns
    -------
    list of Found
        The recordings by name.

    Raises
    ------
    InputError
        If there is none.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder. Give the folder that holds the recordings.")
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith(".") and Path(place, each) != results)
        found += _recordings_of(Path(place), [name for name in names if not name.startswith(".")], folder)
    if not found:
        raise InputError(
            f"{folder} holds no recording: files that end in {', '.join(SUFFIXES)} are expected, or folders of them."
        )
    return sorted(found, key=lambda each: each.name)


def _recordings_of(place: Path, names: list[str], folder: Path) -> list[Found]:
    headers = {name: _first_words(place / name) for name in names if name.endswith(".hea")}
    segments = {f"{word}.hea" for words in headers.values() if words and "/" in words[0] for word in words[1:]}
    kept = [name for name in names if name.lower().endswith(SUFFIXES) and name not in segments]
    return [Found((place / name).relative_to(folder).as_posix(), _size(place, name, headers.get(name, []))) for name in kept]


def _first_words(header: Path) -> list[str]:
    """Return the first word of each line of a WFDB header: the record, then its segments or its signal files."""
    try:
        lines = header.read_text(errors="replace").splitlines()
    except OSError:
        return []  # reading the recording will say why
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def _size(place: Path, name: str, named: list[str]) -> int:
    files = {name, *named, *(f"{segment}.dat" for segment in named)}
    return sum((place / file).stat().st_size for file in files if (place / file).is_file())
