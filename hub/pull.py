"""Fetch published models into the cache of the Hub's client, and check them before they are used."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from urllib.parse import quote

from huggingface_hub import constants

from ecg.atomic_files import whole_file
from ecg.errors import InputError
from ecg.inference.classifier import Model, load_models
from ecg.networks.registry import TITLES
from hub.client import client
from hub.errors import explained
from hub.repositories import model_repository
from hub.verify import check_answers

SERVED_PROTOCOLS = ("intra_patient", "all_patients")
"""Protocols whose models the demo uses: for single beats, and for recordings."""
PULL_TIMEOUT_S = 120.0
"""How long the start of the demo waits for the Hub in total. Files fetched until then stay in the cache."""


@dataclass(frozen=True)
class ModelSet:
    """The models that are served together, all from one source.

    Attributes
    ----------
    for_beats : dict of str to Model
        Models of the intra-patient protocol by architecture, for Kaggle beats.
    for_recordings : dict of str to Model
        Models trained on all patients by architecture, for context beats.
    source : str
        Where they come from, in words.
    """

    for_beats: dict[str, Model]
    for_recordings: dict[str, Model]
    source: str


def load_shipped(folder: Path) -> ModelSet:
    """Load the models that came with the project, from a folder with one folder for each protocol.

    Raises
    ------
    InputError
        If one of them is missing or damaged.
    """
    for_beats, for_recordings = (load_models(folder / protocol) for protocol in SERVED_PROTOCOLS)
    return ModelSet(for_beats, for_recordings, "those that came with this project")


def pull(namespace: str, revision: str | None = None) -> ModelSet:
    """Fetch and check the models of a namespace. They replace the models in use only if all of them are sound.

    Parameters
    ----------
    namespace : str
        User or organisation.
    revision : str, optional
        Tag, branch or commit; by default the newest.

    Raises
    ------
    InputError
        If a model cannot be fetched, is damaged, is not the one its repository names, or does not reproduce the probabilities
        stored with it.
    """
    api = client()
    models, commits = [], {}
    for protocol, architecture, repo_id in _served(namespace):
        with explained(f"Fetching {repo_id}"):
            # by commit: by name, the cache would forget the older copy before it has the newer one
            commit = commits[repo_id] = str(api.repo_info(repo_id, revision=revision).sha)
            folder = api.snapshot_download(repo_id, revision=commit)
        try:
            model = _check(Path(folder), protocol, architecture)
        except InputError:  # a file damaged in transfer would stay in the cache as if it were sound
            with explained(f"Fetching {repo_id} again"):
                folder = api.snapshot_download(repo_id, revision=commit, force_download=True)
            model = _check(Path(folder), protocol, architecture)
        models.append(model)
    _write_commits(namespace, revision, commits)
    return _model_set(namespace, revision, models, commits)


def load_pulled(namespace: str, revision: str | None = None) -> ModelSet:
    """Load the models that were pulled last for this namespace and revision, without asking the Hub.

    Raises
    ------
    InputError
        If they have not been pulled, some are no longer in the cache, or one is damaged.
    """
    api, models, commits = client(), [], _read_commits(namespace, revision)
    for protocol, architecture, repo_id in _served(namespace):
        if repo_id not in commits:
            raise InputError(f"Looking in the cache for {repo_id}: there is no copy.")
        with explained(f"Looking in the cache for {repo_id}"):
            folder = api.snapshot_download(repo_id, revision=commits[repo_id], local_files_only=True)
        models.append(_check(Path(folder), protocol, architecture))
    return _model_set(namespace, revision, models, commits)


def _served(namespace: str) -> list[tuple[str, str, str]]:
    pairs = product(SERVED_PROTOCOLS, TITLES)
    return [(protocol, name, model_repository(namespace, name, protocol)) for protocol, name in pairs]


def _check(folder: Path, protocol: str, architecture: str) -> Model:
    model = check_answers(folder)
    held = model.metrics["protocol"], model.metrics["architecture"]
    if held != (protocol, architecture):
        raise InputError(f"{folder} holds the model {' '.join(held)}; {protocol} {architecture} is expected.")
    return model


def _model_set(namespace: str, revision: str | None, models: list[Model], commits: dict[str, str]) -> ModelSet:
    at = ", ".join(f"{repo_id.partition('ecg-heartbeat-')[2]} {commit[:7]}" for repo_id, commit in commits.items())
    name = f"{namespace}/ecg-heartbeat-*" + (f" {revision}" if revision else "")
    count = len(TITLES)
    for_beats, for_recordings = (dict(zip(TITLES, part, strict=True)) for part in (models[:count], models[count:]))
    return ModelSet(for_beats, for_recordings, f"{name} ({at})")


def _commits_file(namespace: str, revision: str | None) -> Path:
    name = quote(f"{namespace}@{revision or 'main'}", safe="@")
    return Path(constants.HF_HOME) / "ecg-heartbeat" / f"{name}.json"


def _read_commits(namespace: str, revision: str | None) -> dict[str, str]:
    file = _commits_file(namespace, revision)
    with explained("Looking in the cache"), suppress(json.JSONDecodeError):
        return dict(json.loads(file.read_text(errors="replace"))) if file.is_file() else {}
    return {}


def _write_commits(namespace: str, revision: str | None, commits: dict[str, str]) -> None:
    if commits == _read_commits(namespace, revision):
        return  # a complete cache may be read-only
    file = _commits_file(namespace, revision)
    with explained("Noting what was fetched"), whole_file(file) as unfinished:  # several processes may write it at once
        unfinished.write(json.dumps(commits, indent=2).encode())


def pull_or_fall_back(namespace: str, revision: str | None, shipped: ModelSet) -> tuple[ModelSet, list[str]]:
    """Fetch the models of a namespace; if that fails or takes too long, use those of the cache, else the shipped ones.

    Returns
    -------
    ModelSet
        The models, all from one source.
    list of str
        Messages about what failed.
    """
    problems: list[str] = []
    try:
        _pull_in_own_process(namespace, revision)
    except InputError as error:
        problems.append(str(error))
    try:
        models = load_pulled(namespace, revision)
    except InputError as error:
        return shipped, [*problems, str(error)]
    return (replace(models, source=f"{models.source}, from the cache") if problems else models), problems


def _pull_in_own_process(namespace: str, revision: str | None) -> None:
    """Fetch the models in a process of its own, which can be stopped for certain while it waits for the Hub."""
    command = [sys.executable, "-m", "hub", "pull", "--namespace", namespace]
    command += ["--revision", revision] if revision else []
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path.rstrip(os.pathsep), "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    try:
        finished = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PULL_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"Fetching the models of {namespace} took longer than {PULL_TIMEOUT_S:.0f} s. `python -m hub pull --namespace "
            f"{namespace}` fetches them in any time; then start again."
        ) from error
    if finished.returncode:
        raise InputError(finished.stderr.strip().rpartition("\n")[2].removeprefix("error: "))
