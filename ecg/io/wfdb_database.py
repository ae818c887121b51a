"""Read annotated recordings in the WFDB format: any database of PhysioNet that marks its beats.

Sampling rate, leads and symbols differ from one database to the next; see the PhysioNet annotation codes,
https://archive.physionet.org/physiobank/annotations.shtml.
"""

from collections.abc import Iterator
from pathlib import Path

from ecg.errors import InputError
from ecg.io.readers import ANNOTATOR, open_wfdb
from ecg.io.recording import Recording, names_an_ecg_lead, take_lead


def read_database(folder: Path) -> Iterator[Recording]:
    """Read all annotated recordings of a folder, in the order of their names.

    The folder holds a ``.hea`` and an ``.atr`` file for each recording, and what the header names.

    Raises
    ------
    InputError
        If there is no recording, or one of them cannot be read.
    """
    headers = sorted(header for header in folder.glob("*.hea") if header.with_suffix(f".{ANNOTATOR}").is_file())
    if not headers:
        raise InputError(
            f"{folder} holds no annotated recording: a .hea and an .{ANNOTATOR} file of the same name are expected, with the "
            "signal files that the header names."
        )
    for header in headers:
        source = open_wfdb(header.with_suffix(""))
        try:
            yield take_lead(source, lead=None if names_an_ecg_lead(source.leads) else "1")
        except InputError as error:
            raise InputError(f"Recording {header.stem}: {error}") from error
