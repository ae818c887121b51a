"""The files of a model folder, and the check that they are unchanged since they were written."""

from pathlib import Path

from ecg.checksums import CHECKSUMS, read_checksums, sha256
from ecg.errors import InputError

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
"""All must be listed in SHA256SUMS: a file without a line there could change unnoticed."""


def verify_model_folder(folder: Path) -> None:
    """Check every file of a model folder against its checksum.

    Raises
    ------
    InputError
        If a file is missing, has changed or cannot be read.
    """
    listing = folder / CHECKSUMS
    try:
        if not listing.is_file():
            raise InputError(f"{folder} is no model folder: it has no {CHECKSUMS}. Models are made by train.py.")
        checksums = read_checksums(listing)
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
