"""Fetch published models into the cache of the Hub's client, and check them before they are served."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

from huggingface_hub import HfApi, snapshot_download

from ecg.classifier import Model, load_models
from ecg.errors import InputError
from ecg.names import TITLES
from hub.errors import explained
from hub.repositories import model_repository
from hub.verify import check_answers

SERVED_PROTOCOLS = ("intra_patient", "all_patients")
"""Whose models the demo serves: for single beats, and for recordings of people never seen."""


@dataclass(frozen=True)
class ModelSet:
    """The models that are served together, all from one place.

    Attributes
    ----------
    for_beats : dict of str to Model
        The models of the intra-patient protocol by architecture; they read Kaggle beats.
    for_recordings : dict of str to Model
        Those trained on all patients; they read the beats of a recording in their context.
    source : str
        Where they come from, in words.
    """

    for_beats: dict[str, Model]
    for_recordings: dict[str, Model]
    source: str


def load_shipped(folder: Path) -> ModelSet:
    """Load the models that came with the project.

    Parameters
    ----------
    folder : Path
        Holds a folder for each protocol.

    Returns
    -------
    ModelSet
        The models.

    Raises
    ------
    InputError
        If one of them is missing or damaged.
    """
    for_beats, for_recordings = (load_models(folder / protocol) for protocol in SERVED_PROTOCOLS)
    return ModelSet(for_beats, for_recordings, "those that came with this project")


def pull(namespace: str, revision: str | None = None, from_cache: bool = False) -> ModelSet:
    """Fetch the models of a namespace that are served, and check them.

    Parameters
    ----------
    namespace : str
        User or organisation that has published them.
    revision : str, optional
        A tag, branch or commit; without it the newest.
    from_cache : bool, default False
        Whether to take what was fetched before, without asking the Hub.

    Returns
    -------
    ModelSet
        The models.

    Raises
    ------
    InputError
        If a model cannot be had, is damaged, or does not give the probabilities stored with it.
    """
    models: dict[str, dict[str, Model]] = {protocol: {} for protocol in SERVED_PROTOCOLS}
    commits = {}
    for protocol, architecture in product(SERVED_PROTOCOLS, TITLES):
        repo_id = model_repository(namespace, architecture, protocol)
        with explained(f"{'Looking in the cache for' if from_cache else 'Fetching'} {repo_id}"):
            if not from_cache:  # snapshot_download would take an older copy from the cache and not say so
                HfApi().repo_info(repo_id, revision=revision)
            folder = Path(snapshot_download(repo_id, revision=revision, local_files_only=from_cache))
        models[protocol][architecture] = check_answers(folder)
        commits[repo_id.partition("ecg-heartbeat-")[2]] = folder.name
    at = ", ".join(f"{model} {commit[:7]}" for model, commit in commits.items())
    name = f"{namespace}/ecg-heartbeat-*" + (f" {revision}" if revision else "")
    for_beats, for_recordings = models.values()
    return ModelSet(for_beats, for_recordings, f"{name} ({at})" + (", from the cache" if from_cache else ""))


def pull_or_else(namespace: str, revision: str | None, shipped: ModelSet) -> tuple[ModelSet, list[str]]:
    """Fetch the models of a namespace; where that fails, take the next best and say so.

    Parameters
    ----------
    namespace : str
        User or organisation that has published them.
    revision : str or None
        A tag, branch or commit; None for the newest.
    shipped : ModelSet
        What is served if neither the Hub nor the cache has them.

    Returns
    -------
    ModelSet
        The models, all from one place.
    list of str
        What went wrong, in words.
    """
    problems: list[str] = []
    for from_cache in (False, True):
        try:
            return pull(namespace, revision, from_cache), problems
        except InputError as error:
            problems.append(str(error))
    return shipped, problems
