"""Classify one recording: what a worker does, on whichever machine it is."""

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecg.archive.finding import Found
from ecg.archive.store import Store, whole_file, write_row
from ecg.archive.tables import write_beats
from ecg.checksums import sha256
from ecg.errors import InputError
from ecg.inference.classifier import Model, load_model
from ecg.inference.streaming import analyse_in_pieces
from ecg.io.lead_reader import open_lead

NOT_THE_RECORDING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
"""Errors of the disk that results are written to: they end the run, for no other recording would do better."""


@dataclass(frozen=True)
class Archive:
    """What is to be classified, how, and where the results go.

    Attributes
    ----------
    folder, results : Path
        Where recordings and results are, as absolute paths.
    models : dict of str to Path
        Folder of each model, by its name.
    fs, unit : optional
        Sampling rate in Hz and unit of the recordings that do not say theirs.
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
        """Say what the results depend on, besides the recordings.

        Returns
        -------
        dict
            Checksums of the models, and the options.
        """
        models = {name: sha256(folder / "model.onnx") for name, folder in self.models.items()}
        return {"models": models, "fs": self.fs, "unit": self.unit, "lead": self.lead}

    def load_models(self) -> dict[str, Model]:
        """Load the models, each to run on one thread: a worker has one core, and sums come out the same everywhere.

        Returns
        -------
        dict of str to Model
            The models by name.

        Raises
        ------
        InputError
            If one is missing or damaged, or does not read recordings.
        """
        models = {}
        for name, folder in self.models.items():
            model = load_model(folder, threads=1)
            if model.inputs != "context":
                raise InputError(f"{folder} holds a model for single beats; one for recordings is expected, of all_patients.")
            models[name] = model
        return models


def classify_recording(found: Found, archive: Archive, models: dict[str, Model]) -> bool:
    """Classify a recording that is not done yet, and write its results.

    Whoever dies in the middle of it, and however often it is done again, or twice at a time: the results are the same.

    Parameters
    ----------
    found : Found
        The recording.
    archive : Archive
        Where it is, and how to read it.
    models : dict of str to Model
        The models.

    Returns
    -------
    bool
        Whether it is done; if not, the reason stands in the results.

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
    except Exception as error:  # what a damaged file makes its reader raise is not documented, and must stop nothing
        if isinstance(error, OSError) and error.errno in NOT_THE_RECORDING:
            raise InputError(f"The results cannot be written ({error}). Make room, and run the command again.") from error
        reason = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        fail(store, found.name, reason)
        return False
    write_row(store.summary(found.name), row)
    store.failure(found.name).unlink(missing_ok=True)
    return True


def fail(store: Store, name: str, reason: str) -> None:
    """Note why a recording could not be classified.

    Parameters
    ----------
    store : Store
        The results.
    name : str
        The recording.
    reason : str
        Why.
    """
    write_row(store.failure(name), {"recording": name, "reason": " ".join(reason.split())})
