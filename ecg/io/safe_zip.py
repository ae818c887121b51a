"""Unpack an uploaded zip safely."""

import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from ecg.errors import InputError

MOST_FILES = 100
MOST_BYTES = 1_000_000_000
"""Size that a zip may unpack to."""
MOST_TIMES = 100
"""How many times its own size that may be; recordings shrink to a tenth at best."""
HARMLESS = 10_000_000
"""Bytes to which any zip may unpack."""
LONGEST_NAME = 100
ENCRYPTED = 1
"""Bit of the flags of a file in a zip."""


def unpack(file: Path, folder: Path) -> list[Path]:
    """Unpack the files of a zip into one folder, without its folders, and return their paths.

    Raises
    ------
    InputError
        If it is no zip, is encrypted or damaged, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_clutter(entry.filename)]
            _check(entries, file)
            return [_unpack(archive, entry, folder) for entry in entries]
    except InputError:
        raise
    except Exception as error:  # zipfile lets through what the decompressors raise, which is not documented
        raise InputError(
            f"{file.name} cannot be unpacked: it is no zip, or damaged. Make it anew, or give the files."
        ) from error


def _check(entries: list[zipfile.ZipInfo], file: Path) -> None:
    size = sum(entry.file_size for entry in entries)
    most = min(max(MOST_TIMES * file.stat().st_size, HARMLESS), MOST_BYTES)
    if len(entries) > MOST_FILES or size > most:
        raise InputError(
            f"{file.name} holds {len(entries)} files of {size / 1e6:,.0f} MB together; at most {MOST_FILES} files of "
            f"{MOST_BYTES / 1e6:,.0f} MB, and of {MOST_TIMES} times the size of the zip, are unpacked."
        )
    names = [_name(entry) for entry in entries]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise InputError(f"{file.name} holds several files of the name {twice[:60]}. Give one recording at a time.")
    odd = next((name for name in names if len(name) > LONGEST_NAME or not name.isprintable()), None)
    if odd:
        raise InputError(f"{file.name} holds a file of the name {odd[:60]!r}. Give it a short and printable one.")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise InputError(f"{file.name} is encrypted. Unpack it with its password, and give the files.")


def _name(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename.replace("\\", "/")).name


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> Path:
    target = folder / _name(entry)
    with archive.open(entry) as packed, target.open("wb") as file:
        _copy(packed, file, entry.file_size)
    return target


def _copy(packed: IO[bytes], file: IO[bytes], size: int) -> None:
    """Copy no more than the directory of the zip has promised."""
    while block := packed.read(min(1 << 20, size + 1)):
        size -= len(block)
        if size < 0:
            raise zipfile.BadZipFile("a file in it is larger than it says")
        file.write(block)


def _is_clutter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")
