"""SHA-256 checksums of files and folders."""

import hashlib
import re
from pathlib import Path

CHECKSUMS = "SHA256SUMS"
"""Name of the file that lists the checksums of a folder, in the format of the command sha256sum."""
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


def sha256(path: Path) -> str:
    """Return the SHA-256 checksum of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_checksums(folder: Path) -> None:
    """Write the checksums of all files of a folder to its ``SHA256SUMS``."""
    lines = [f"{sha256(file)}  {file.name}" for file in sorted(folder.iterdir())]
    (folder / CHECKSUMS).write_text("\n".join(lines) + "\n")


def read_checksums(listing: Path) -> dict[str, str]:
    """Return the checksums in a ``SHA256SUMS`` by file name; lines of another form are ignored."""
    lines = listing.read_bytes().decode(errors="replace").splitlines()
    return {line[2]: line[1] for line in map(_LINE.fullmatch, lines) if line}
