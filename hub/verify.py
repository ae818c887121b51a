"""Decide whether a model may be published."""

from pathlib import Path

from ecg.checksums import verify_checksums
from ecg.errors import InputError
from ecg.files import read_json


def check_publishable(folder: Path) -> None:
    """Refuse a model folder that nobody should download.

    Parameters
    ----------
    folder : Path
        A folder written by train.py.

    Raises
    ------
    InputError
        If the folder is damaged, or the model is a smoke model or gives every beat the same class.
    """
    verify_checksums(folder)
    metrics = read_json(folder / "metrics.json")
    if metrics["smoke"]:
        raise InputError(
            f"{folder} holds a smoke model, trained on generated beats; it cannot be published. Train a real one."
        )
    if metrics["collapsed"]:
        raise InputError(f"{folder} holds a collapsed model: it gives every test beat the same class. Train it again.")
