"""Write files and folders that are complete or not there."""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

UNFINISHED = ".part"
"""Suffix of a file or folder that is not whole yet."""


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield a path to write a file to; it replaces `path` only if the block succeeds.

    Raises
    ------
    OSError
        If it cannot be written; the error names `path`.
    """
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        with naming(path):
            yield unfinished
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def replace_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to write to; it replaces `folder` only if the block succeeds.

    No system call replaces a folder. If the process is killed between two renamings, the older folder is called ``.old``; it
    gets its name back when the folder is written again.

    Raises
    ------
    OSError
        If it cannot be written; the error names `folder`.
    """
    unfinished, old = (folder.with_name(folder.name + suffix) for suffix in (UNFINISHED, ".old"))
    if old.exists() and not folder.exists():
        os.replace(old, folder)
    for left in (unfinished, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        with naming(folder):
            unfinished.mkdir(parents=True)
            yield unfinished
            if folder.exists():
                os.replace(folder, old)
            os.replace(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file that appears whole or not at all, even if several processes write it at the same time.

    The folder is made if need be. If the block ends with an error, nothing remains.
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
    """Make a renaming survive a power cut, so that no later file outlives this one; Windows offers no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Add the path that is being written to an `OSError` without one: that of a full disk names no file."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file; an older one is replaced only when the new one is complete."""
    with replace_file(path) as unfinished:
        unfinished.write_bytes(content.encode() if isinstance(content, str) else content)


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file atomically; NaN is refused, because JSON has none."""
    write_atomically(path, json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
