"""Tell whether what a killed or hindered command has left behind is whole."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import pandas as pd
from PIL import Image

from ecg.checksums import CHECKSUMS
from ecg.networks.model_files import verify_model_folder

UNFINISHED = (".part", ".old")
"""Endings of the names of files and folders that do not count, or not yet."""


def damaged_files(folder: Path) -> list[str]:
    """Look for files that stand under their name and are not whole.

    Parameters
    ----------
    folder : Path
        The folder that holds ``runs/``, ``models/`` and ``results/``, or results of an archive.

    Returns
    -------
    list of str
        Each of them, with the reason.
    """
    return [
        f"{file.relative_to(folder)}: {reason}"
        for file in sorted(folder.rglob("*"))
        if file.is_file() and _counts(file.relative_to(folder)) and (reason := _damage(file))
    ]


def _counts(file: Path) -> bool:
    """Say whether a file is meant to be whole; of checkpoints it is those that the state names, with which they are read."""
    in_checkpoints = file.parent.name == "checkpoints" and file.name != "state.json"
    return not in_checkpoints and not any(part.endswith(UNFINISHED) for part in file.parts)


def _damage(file: Path) -> str:
    read = READERS.get(file.suffix) or READERS.get(file.name)
    try:
        if read:
            read(file)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _read_json(file: Path) -> None:
    content = json.loads(file.read_text())
    if file.name == "state.json":
        _read_checkpoints(file.parent, content)


def _read_checkpoints(folder: Path, state: dict[str, Any]) -> None:
    for name in (state["checkpoint"], state["best"]):
        with zipfile.ZipFile(folder / name) as checkpoint:
            if checkpoint.testzip():
                raise ValueError(f"{name} is damaged")


def _read_weights(file: Path) -> None:
    with h5py.File(file) as weights:
        weights.visititems(lambda _, item: item[()] is None if isinstance(item, h5py.Dataset) else None)


def _read_picture(file: Path) -> None:
    with Image.open(file) as picture:
        picture.load()


def _read_text(file: Path) -> None:
    if not file.read_text().endswith("\n"):
        raise ValueError("its last line has no end")


READERS: dict[str, Callable[[Path], Any]] = {
    ".json": _read_json,
    ".h5": _read_weights,
    ".parquet": pd.read_parquet,
    ".png": _read_picture,
    ".csv": _read_text,
    ".md": _read_text,
    ".txt": _read_text,
    CHECKSUMS: lambda file: verify_model_folder(file.parent),
}
