"""Unpack a zip that somebody has uploaded, without trusting it."""

import zipfile
from pathlib import Path, PurePosixPath

from ecg.errors import InputError

MOST_FILES = 100
MOST_BYTES = 1_000_000_000
"""Size that a zip may unpack to."""


def unpack(file: Path, folder: Path) -> list[Path]:
    """Unpack the files of a zip into one folder, whatever folders they are in.

    Parameters
    ----------
    file : Path
        The zip.
    folder : Path
        Where the files go.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    InputError
        If it is no zip, is encrypted or damaged, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _unpack(archive, file.name, folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise InputError(f"{file.name} cannot be unpacked: {error}.") from None


def _unpack(archive: zipfile.ZipFile, name: str, folder: Path) -> list[Path]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_clutter(entry.filename)]
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES or size > MOST_BYTES:
        raise InputError(
            f"{name} holds {len(entries)} files of {size / 1e6:,.0f} MB together; at most {MOST_FILES} files of "
            f"{MOST_BYTES / 1e6:,.0f} MB are unpacked."
        )
    names = [PurePosixPath(entry.filename.replace("\\", "/")).name for entry in entries]
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice:
        raise InputError(f"{name} holds several files of the name {twice[:60]}. Give one recording at a time.")
    unpacked = []
    for entry, file_name in zip(entries, names, strict=True):
        target = folder / file_name
        with archive.open(entry) as packed, target.open("wb") as file:
            _copy(packed, file, entry.file_size)
        unpacked.append(target)
    return unpacked


def _copy(packed, file, size: int) -> None:  # type: ignore[no-untyped-def]
    """Copy no more than the directory of the zip has promised."""
    while block := packed.read(min(1 << 20, size + 1)):
        size -= len(block)
        if size < 0:
            raise zipfile.BadZipFile("a file in it is larger than it says")
        file.write(block)


def _is_clutter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")
