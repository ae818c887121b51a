"""Check everything that is to be published, and write it into folders. Nothing is sent."""

import shutil
from collections.abc import Collection
from itertools import product
from pathlib import Path

import numpy as np

from ecg.atomic_files import write_atomically
from ecg.data import mitdb, templates
from ecg.data.beat_sources import read_mitdb_beats
from ecg.data.beat_table import BeatTable
from ecg.data.splits import PROTOCOLS
from ecg.data.synthetic_beats import template_beats
from ecg.networks.inputs import INPUTS, INPUTS_OF_PROTOCOL
from ecg.networks.registry import TITLES
from hub.card import gather, write_card
from hub.dataset import write_dataset
from hub.repositories import DATASET, SPACE, Repository, model_repository
from hub.space import write_space
from hub.verify import check_publishable, check_reference

PROJECT = Path(__file__).parents[1]
PARTS = ("models", "dataset", "space")


def stage(namespace: str, folder: Path, parts: Collection[str] = PARTS, records: str | None = None) -> list[Repository]:
    """Check what is to be published, and write each repository to a folder.

    Parameters
    ----------
    namespace : str
        User or organisation.
    folder : Path
        It gets one folder for each repository.
    parts : collection of str
        Some of ``"models"``, ``"dataset"`` and ``"space"``.
    records : str, optional
        Folder of the MIT-BIH records; see `ecg.data.mitdb.locate`. The dataset needs them; models are checked on them if they
        are available.

    Raises
    ------
    InputError
        If a model may not be published, or the dataset is wanted and the records are not available.
    """
    at_hand = "dataset" in parts or records is not None or mitdb.find() is not None
    beats = read_mitdb_beats(records) if at_hand else None
    repositories = stage_models(namespace, folder, beats) if "models" in parts else []
    if "dataset" in parts and beats is not None:
        repositories.append(Repository(f"{namespace}/{DATASET}", "dataset", folder / DATASET))
        write_dataset(namespace, beats, repositories[-1].folder)
    if "space" in parts:
        repositories.append(Repository(f"{namespace}/{SPACE}", "space", folder / SPACE))
        write_space(namespace, PROJECT, repositories[-1].folder)
    return repositories


def stage_models(namespace: str, folder: Path, beats: BeatTable | None) -> list[Repository]:
    """Check the models, and write their repositories. If there are beats, check each model on its 500 reference beats too.

    Raises
    ------
    InputError
        If a model may not be published.
    """
    repositories = []
    for protocol, architecture in product(PROTOCOLS, TITLES):
        model = PROJECT / "models" / protocol / architecture
        check_publishable(model)
        if beats is not None:
            check_reference(model, beats)
        repo_id = model_repository(namespace, architecture, protocol)
        repository = Repository(repo_id, "model", folder / repo_id.partition("/")[2])
        shutil.copytree(model, repository.folder)
        _write_samples(INPUTS_OF_PROTOCOL[protocol], repository.folder)
        write_atomically(repository.folder / "README.md", write_card(gather(namespace, model, PROJECT / "results")))
        repositories.append(repository)
    return repositories


def _write_samples(inputs: str, folder: Path) -> None:
    if inputs == "kaggle_beat":
        shutil.copyfile(templates.FILE, folder / "sample_beats.csv")
    else:
        np.savez(folder / "sample_inputs.npz", allow_pickle=False, **INPUTS[inputs](template_beats()))
