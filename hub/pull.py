"""Fetch published models into the cache of the Hub's client, and check them before they are served."""

from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi, snapshot_download

from ecg.classifier import Model
from ecg.errors import InputError
from ecg.names import TITLES
from hub.errors import explained
from hub.repositories import model_repository
from hub.verify import check_answers


@dataclass(frozen=True)
class ModelSet:
    """The models that are served together, all from one place.

    Attributes
    ----------
    models : dict of str to Model
        The models by architecture.
    source : str
        Where they come from, in words.
    """

    models: dict[str, Model]
    source: str


def pull(namespace: str, revision: str | None = None, from_cache: bool = False) -> ModelSet:
    """Fetch all models of a namespace, and check them.

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
    models, commits = {}, {}
    for architecture in TITLES:
        repo_id = model_repository(namespace, architecture, "intra_patient")
        with explained(f"{'Looking in the cache for' if from_cache else 'Fetching'} {repo_id}"):
            if not from_cache:  # snapshot_download would take an older copy from the cache and not say so
                HfApi().repo_info(repo_id, revision=revision)
            folder = Path(snapshot_download(repo_id, revision=revision, local_files_only=from_cache))
        models[architecture] = check_answers(folder)
        commits[architecture] = folder.name
    at = ", ".join(f"{architecture} {commit[:7]}" for architecture, commit in commits.items())
    name = f"{namespace}/ecg-heartbeat-*" + (f" {revision}" if revision else "")
    return ModelSet(models, f"{name} ({at})" + (", from the cache" if from_cache else ""))


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
