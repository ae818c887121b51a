"""Classify one recording of an archive: the work of one worker process, on any machine."""

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecg.archive.discovery import FoundRecording
from ecg.archive.store import Store, write_row
from ecg.archive.tables import write_beats
from ecg.atomic_files import whole_file
from ecg.checksums import sha256
from ecg.errors import InputError
from ecg.inference.classifier import Model, load_model
from ecg.inference.streaming import analyse_in_pieces
from ecg.io.lead_reader import open_lead

RESULT_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
"""Errors of the disk that holds the results. They end the run, because they would stop every other recording too."""


@dataclass(frozen=True)
class Archive:
    """The recordings to classify, how to read them, and where the results go.

    Attributes
    ----------
    folder, results : Path
        Folders of the recordings and of the results, as absolute paths.
    models : dict of str to Path
        Folder of each model, by its name.
    fs, unit : optional
        Sampling rate in Hz and unit of the recordings whose files do not state them.
    lead : str, optional
        Name or number of the lead to read.
    """

    folder: Path
    results: Path
    models: dict[str, Path]
    fs: float | None = None
    unit: str | None = None
    lead: str | None = None

    def choices(self) -> dict[str, Any]:
        """Return what the results depend on besides the recordings: checksums of the models, and the options."""
        models = {name: sha256(folder / "model.onnx") for name, folder in self.models.items()}
        return {"models": models, "fs": self.fs, "unit": self.unit, "lead": self.lead}

    def load_models(self) -> dict[str, Model]:
        """Load the models, each on one thread: a worker has one core, and sums are the same on every machine.

        Raises
        ------
        InputError
            If one is missing or damaged, or does not classify context beats.
        """
        models = {}
        for name, folder in self.models.items():
            model = load_model(folder, threads=1)
            if model.inputs != "context":
                raise InputError(f"{folder} holds a model for single beats; one for recordings is expected, of all_patients.")
            models[name] = model
        return models


def classify_recording(found: FoundRecording, archive: Archive, models: dict[str, Model]) -> bool:
    """Classify a recording that is not done yet, and write its results.

    It may be interrupted at any point and repeated, even twice at the same time: the results are the same.

    Returns
    -------
    bool
        Whether it is done. If not, the results hold the reason.

    Raises
    ------
    InputError
        If the results cannot be written.
    """
    store = Store(archive.results)
    if store.summary(found.name).is_file():
        return True
    try:
        lead = open_lead(archive.folder / found.name, found.size, archive.fs, archive.unit, archive.lead)
        with whole_file(store.beats(found.name)) as file:
            row = write_beats(found.name, models, analyse_in_pieces(lead, models), file)
    except Exception as error:  # a damaged file may raise anything in its reader, and must not stop the run
        if isinstance(error, OSError) and error.errno in RESULT_DISK_ERRORS:
            raise InputError(f"The results cannot be written ({error}). Make room, and run the command again.") from error
        reason = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        note_failure(store, found.name, reason)
        return False
    write_row(store.summary(found.name), row)
    store.failure(found.name).unlink(missing_ok=True)
    return True


def note_failure(store: Store, name: str, reason: str) -> None:
    """Write the reason why a recording could not be classified."""
    write_row(store.failure(name), {"recording": name, "reason": " ".join(reason.split())})
