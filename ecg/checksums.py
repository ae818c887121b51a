"""Tell whether files are still what they were when they were written or published."""

import hashlib
import re
from pathlib import Path

from ecg.errors import InputError

CHECKSUMS = "SHA256SUMS"
"""Name of the file that lists the checksums of a folder, in the format of the command sha256sum."""
MODEL_FILES = (
    "config.json",
    "confusion_matrix.png",
    "history.csv",
    "labels.json",
    "metadata.json",
    "metrics.json",
    "model.onnx",
    "model.weights.h5",
    "provenance.json",
    "reference.csv",
    "templates.csv",
)
"""What a model folder holds. Not whatever is listed: a file whose line is lost could change unseen."""
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


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
        If a file is missing, has changed or cannot be read.
    """
    listing = folder / CHECKSUMS
    try:
        if not listing.is_file():
            raise InputError(f"{folder} is no model folder: it has no {CHECKSUMS}. Models are made by train.py.")
        lines = listing.read_bytes().decode(errors="replace").splitlines()
        checksums = {line[2]: line[1] for line in map(_LINE.fullmatch, lines) if line}
        for name in MODEL_FILES:
            if name not in checksums:
                raise InputError(f"{listing} is damaged: it does not list {name}. Fetch the model again.")
            if not (folder / name).is_file():
                raise InputError(f"{folder / name} is missing. Fetch the model again.")
            if sha256(folder / name) != checksums[name]:
                raise InputError(
                    f"{folder / name} is damaged: its SHA-256 checksum is not the one noted in {CHECKSUMS}. "
                    "Fetch the model again."
                )
    except OSError as error:
        raise InputError(
            f"{error.filename} cannot be read: {error.strerror}. Let this user read it, or fetch the model again."
        ) from error
