"""Write files that are either whole or not there."""

import json
import os
from pathlib import Path
from typing import Any


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file, replacing an older one only when the new one is whole.

    Parameters
    ----------
    path : Path
        The file.
    content : str or bytes
        What it will hold.
    """
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file atomically.

    Parameters
    ----------
    path : Path
        The file.
    content : object
        What it will hold; NaN is refused, since JSON has none.
    """
    write_atomically(path, json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    object
        Its content.
    """
    return json.loads(path.read_text(encoding="utf-8"))
