"""Tell whether files are still what they were when they were written or published."""

import hashlib
from pathlib import Path

from ecg.errors import InputError

CHECKSUMS = "SHA256SUMS"
"""Name of the file that lists the checksums of a folder, in the format of the command sha256sum."""


def sha256(path: Path) -> str:
    """Return the SHA-256 checksum of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        The checksum, in hexadecimal digits.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_checksums(folder: Path) -> None:
    """Note the checksums of all files of a folder.

    Parameters
    ----------
    folder : Path
        The folder; ``SHA256SUMS`` is written into it.
    """
    lines = [f"{sha256(file)}  {file.name}" for file in sorted(folder.iterdir())]
    (folder / CHECKSUMS).write_text("\n".join(lines) + "\n")


def verify_checksums(folder: Path) -> None:
    """Check that every file of a model folder is as it was written.

    Parameters
    ----------
    folder : Path
        A model folder.

    Raises
    ------
    InputError
        If a file is missing or has changed.
    """
    listing = folder / CHECKSUMS
    if not listing.is_file():
        raise InputError(f"{folder} is no model folder: it has no {CHECKSUMS}. Models are made by train.py.")
    for line in listing.read_text().splitlines():
        checksum, name = line.split(maxsplit=1)
        if not (folder / name).is_file():
            raise InputError(f"{folder / name} is missing. Fetch the model again.")
        if sha256(folder / name) != checksum:
            raise InputError(f"{folder / name} is damaged: its SHA-256 checksum is not the one noted. Fetch the model again.")
