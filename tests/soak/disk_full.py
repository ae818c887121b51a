"""Let the disk be full while something is written, with a little more room each time, until there is enough.

The disk is a small one of its own where this user may mount one. Elsewhere no file may grow beyond a few bytes, which ends in
another error of the same kind, and in the same places.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.builders import PROJECT
from tests.signal.test_context_beat import heart
from tests.soak.finding import Finding
from tests.soak.whole import damaged_files

FS = 360
ROOMS = (4_096, 32_768, 131_072, 524_288, 1_048_576, 2_097_152, 4_194_304)
"""Bytes."""
ENOUGH = 2**30
PROMISE = (
    "a message says what could not be written and what to do, every file is the old one or the new one, and with enough room "
    "the same command ends well"
)
TABLE = """import sys, pathlib, ecg.errors, ecg.data.synthetic_beats
ecg.errors.explain_input_errors(ecg.data.synthetic_beats.generate_beats().write_parquet)(pathlib.Path(sys.argv[1]))"""


@dataclass(frozen=True)
class Disk:
    """A disk that has as much room as it is given.

    Attributes
    ----------
    folder : Path
        What is on it.
    mounted : bool
        Whether it is a disk of its own; otherwise a limit on the size of a file takes its place.
    """

    folder: Path
    mounted: bool

    def run(self, command: list[str], room: int) -> subprocess.CompletedProcess[str]:
        """Run a command with so much room.

        Parameters
        ----------
        command : list of str
            Arguments of Python.
        room : int
            Bytes that are free or, without a disk of its own, that a file may have.

        Returns
        -------
        CompletedProcess
            What became of it.
        """
        limit: int | None = None
        if self.mounted:
            disk = os.statvfs(self.folder)
            used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
            subprocess.run(["mount", "-o", f"remount,size={used + room}", self.folder], check=True)
        else:
            limit = room
        with files_of_at_most(limit):  # which the process inherits
            return subprocess.run(
                [sys.executable, *command], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=900
            )


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Mount a disk, if this user may.

    Parameters
    ----------
    folder : Path
        Where; it is made.

    Yields
    ------
    Disk
        The disk.
    """
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4096", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield Disk(folder, mounted)
    finally:
        if mounted:
            subprocess.run(["umount", folder], check=True)


@contextmanager
def files_of_at_most(most: int | None) -> Iterator[None]:
    """Let no file grow beyond a size, here and in processes that are started.

    Parameters
    ----------
    most : int or None
        Bytes; None for no limit.

    Yields
    ------
    None
        While it holds. Python ignores the signal, so that writing raises an OSError.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (before[0] if most is None else most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def findings(folder: Path) -> list[Finding]:
    """Do everything at length.

    Parameters
    ----------
    folder : Path
        Where everything goes.

    Returns
    -------
    list of Finding
        What became of it.
    """
    return fill_disk(folder, commands(folder))


def commands(folder: Path) -> dict[str, list[str]]:
    """Name the commands that write, in an order in which each finds what it needs.

    Parameters
    ----------
    folder : Path
        Holds ``recordings`` and the ``disk``.

    Returns
    -------
    dict of str to list of str
        Arguments of Python, by what they write.
    """
    disk = folder / "disk"
    archive = [str(folder / "recordings"), "--out", str(disk / "archive"), "--models", "simple_rnn", "--workers", "1"]
    return {
        "an archive": ["-m", "ecg", "archive", *archive, "--fs", str(FS)],
        "a table of beats": ["-c", TABLE, str(disk / "beats.parquet")],
        "runs, models and results": ["train.py", "--smoke", "--arch", "simple_rnn", "--out", str(disk)],
        "results anew": ["-m", "ecg", "results", "--protocol", "intra_patient", "--out", str(disk)],
    }


def fill_disk(folder: Path, which: Iterable[str], rooms: Iterable[int] = ROOMS) -> list[Finding]:
    """Run commands on a full disk, again and again, with a little more room each time.

    Parameters
    ----------
    folder : Path
        Where everything goes.
    which : iterable of str
        Some of `commands`.
    rooms : iterable of int
        Bytes.

    Returns
    -------
    list of Finding
        One for each.
    """
    (folder / "recordings").mkdir()
    for name in "abc":
        np.save(folder / "recordings" / f"{name}.npy", np.tile(heart(FS)[0], 10))
    with small_disk(folder / "disk") as disk:
        return [_fill(disk, name, commands(folder)[name], rooms) for name in which]


def _fill(disk: Disk, name: str, command: list[str], rooms: Iterable[int]) -> Finding:
    problems: list[str] = []
    tried = 0
    for room in rooms:
        before = _files(disk.folder)
        finished = disk.run(command, room)
        if finished.returncode == 0:
            break
        tried += 1
        wrong = _not_explained(finished) + damaged_files(disk.folder)
        wrong += [f"{file} is lost" for file in sorted(before - _files(disk.folder))]
        problems += [f"{room:,} bytes: {'; '.join(wrong)}"] * bool(wrong)
    finished = disk.run(command, ENOUGH)
    wrong = damaged_files(disk.folder) + [finished.stderr[-500:]] * (finished.returncode != 0)
    problems += [f"enough room: {'; '.join(wrong)}"] * bool(wrong)
    how = "the disk is full" if disk.mounted else "no file may grow"
    return Finding(f"{how}, writing {name}", tried + 1, tried + 1 - len(problems), PROMISE, "; ".join(problems))


def _files(folder: Path) -> set[Path]:
    """Return the files that count, but for the checkpoints, which come and go."""
    passing = (".part", ".old", "checkpoints")
    files = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return {file for file in files if not any(part.endswith(passing) for part in file.parts)}


def _not_explained(finished: subprocess.CompletedProcess[str]) -> list[str]:
    said = finished.stderr
    if finished.returncode == 2 and "error: " in said and "ake room" in said and "Traceback" not in said:
        return []
    return [f"status {finished.returncode}, {said[-500:]}"]
