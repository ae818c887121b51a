"""Download files of a database of PhysioNet, and go on where an earlier download broke off."""

from collections.abc import Mapping
from pathlib import Path

import wfdb.io.download
from tqdm import tqdm

from ecg.checksums import sha256


def download(database: str, checksums: Mapping[str, str], folder: Path) -> None:
    """Download the files that a folder lacks.

    A file is downloaded into a staging folder next to it, where an interrupted download is resumed. It appears in `folder`
    only when it is complete.

    Parameters
    ----------
    database : str
        Name and version, such as ``"mitdb/1.0.0"``.
    checksums : mapping of str to str
        SHA-256 checksum by file name.
    folder : Path
        The folder to complete.

    Raises
    ------
    OSError
        If PhysioNet cannot be reached, or sends something else than the published file.
    """
    missing = [name for name in checksums if not (folder / name).is_file()]
    if not missing:
        return
    staging = folder.with_name(folder.name + ".part")
    folder.mkdir(parents=True, exist_ok=True)
    staging.mkdir(exist_ok=True)
    for name in tqdm(missing, desc=f"Downloading {database} to {folder}", unit="file"):
        file = staging / name
        wfdb.io.download.dl_pn_file([name, "", database, str(staging), False, False])
        if sha256(file) != checksums[name]:
            file.unlink()
            raise OSError(f"{name} did not arrive as it is published (its SHA-256 checksum differs)")
        file.replace(folder / name)
    staging.rmdir()
