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


def pull(namespace: str, revision: str | None = None) -> ModelSet:
    """Fetch all models of a namespace.

    Parameters
    ----------
    namespace : str
        User or organisation that has published them.
    revision : str, optional
        A tag, branch or commit; without it the newest.

    Returns
    -------
    ModelSet
        The models.

    Raises
    ------
    InputError
        If a model cannot be had, is damaged, or does not give the probabilities stored with it.
    """
    api = HfApi()
    models, commits = {}, {}
    for architecture in TITLES:
        repo_id = model_repository(namespace, architecture)
        with explained(f"Fetching {repo_id}"):
            commit = str(api.repo_info(repo_id, revision=revision).sha)
            folder = Path(api.snapshot_download(repo_id, revision=commit))
        models[architecture] = check_answers(folder)
        commits[architecture] = commit
    return ModelSet(models, _source(namespace, revision, commits))


def cached(namespace: str, revision: str | None = None) -> ModelSet:
    """Take the models of a namespace from the cache, without asking the Hub.

    Parameters
    ----------
    namespace : str
        User or organisation that has published them.
    revision : str, optional
        A tag, branch or commit that was fetched before; without it the newest that was.

    Returns
    -------
    ModelSet
        The models.

    Raises
    ------
    InputError
        If a model is not in the cache or is damaged.
    """
    models, commits = {}, {}
    for architecture in TITLES:
        repo_id = model_repository(namespace, architecture)
        with explained(f"Looking for {repo_id} in the cache"):
            folder = Path(snapshot_download(repo_id, revision=revision, local_files_only=True))
        models[architecture] = check_answers(folder)
        commits[architecture] = folder.name
    return ModelSet(models, _source(namespace, revision, commits) + ", from the cache")


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
    for source in (pull, cached):
        try:
            return source(namespace, revision), problems
        except InputError as error:
            problems.append(str(error))
    return shipped, problems


def _source(namespace: str, revision: str | None, commits: dict[str, str]) -> str:
    at = ", ".join(f"{architecture} {commit[:7]}" for architecture, commit in commits.items())
    return f"{namespace}/ecg-heartbeat-*" + (f" {revision}" if revision else "") + f" ({at})"
