"""Kill the publisher, and stop the Hub, in the midst of a publishing."""

import copy
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.loopback_hub.server import HubServer
from tests.loopback_hub.store import Blob, Commit, Repo
from tests.loopback_hub.user import NAMESPACE, PROJECT, TOKEN, environment, hub
from tests.soak.finding import Finding

Repos = dict[tuple[str, str], Repo]
VERSION = "v1.0.0"
KILLS = 12
STOPS = 4
PROMISE = "each repository is as before or as after, tagged only with all its files; published again, all are complete"


def findings(folder: Path) -> list[Finding]:
    """Do everything at length.

    Parameters
    ----------
    folder : Path
        Where everything goes.

    Returns
    -------
    list of Finding
        What became of it.
    """
    return [kill_publisher(KILLS, folder / "kills", "models"), stop_hub(STOPS, folder / "stops", "models")]


def kill_publisher(times: int, folder: Path, part: str) -> Finding:
    """Kill a publishing (kill -9) at a random request, and publish again.

    Parameters
    ----------
    times : int
        Number of kills.
    folder : Path
        Where everything goes.
    part : str
        What is published: ``"models"``, ``"dataset"`` or ``"space"``.

    Returns
    -------
    Finding
        How often the Hub was whole at each moment.
    """
    return _disturb("kill -9 of `python -m hub publish`", lambda process, server: process.kill(), times, folder, part)


def stop_hub(times: int, folder: Path, part: str) -> Finding:
    """Stop the Hub at a random request of a publishing, start it again, and publish again.

    Parameters
    ----------
    times : int
        Number of times it is stopped.
    folder : Path
        Where everything goes.
    part : str
        What is published: ``"models"``, ``"dataset"`` or ``"space"``.

    Returns
    -------
    Finding
        How often the Hub was whole at each moment, and the publisher ended with words.
    """
    return _disturb("the Hub is stopped during a publishing", lambda process, server: server.stop(), times, folder, part)


def _disturb(
    what: str, disturb: Callable[[subprocess.Popen[str], HubServer], None], times: int, folder: Path, part: str
) -> Finding:
    chance = random.Random(times)
    options = ("publish", "--namespace", NAMESPACE, "--version", VERSION, "--only", part)
    after, requests = _undisturbed(folder / "undisturbed", options)
    problems = []
    for number in range(times):
        with HubServer(tokens={TOKEN: NAMESPACE}) as server:
            before = server.repos = _older(after) if number % 2 else {}
            before = copy.deepcopy(before)
            command = [sys.executable, "-m", "hub", *options]
            env = environment(server, folder)
            moment, pause = chance.randrange(requests), chance.uniform(0, 0.02)
            with subprocess.Popen(command, cwd=PROJECT, env=env, stderr=subprocess.PIPE, text=True) as process:
                while process.poll() is None and len(server.requests) <= moment:
                    time.sleep(0.001)
                time.sleep(pause)
                disturb(process, server)
                _, said = process.communicate(timeout=600)
            server.start() if what.startswith("the Hub") else time.sleep(0.2)  # what has arrived may still be carried out
            seen = _between(server.repos, before, after)
            seen += [f"a traceback: {said[-300:]}"] if "Traceback" in said else []
            again = hub(server, folder, *options)
            seen += _unfinished(server.repos, after) if again.returncode == 0 else [f"again: {again.stderr[-300:]}"]
        problems += [f"request {moment} of {requests}: {', '.join(seen)}"] if seen else []
    return Finding(f"{what}, at random moments", times, times - len(problems), PROMISE, "; ".join(problems))


def _undisturbed(folder: Path, options: tuple[str, ...]) -> tuple[Repos, int]:
    with HubServer(tokens={TOKEN: NAMESPACE}) as server:
        finished = hub(server, folder, *options)
        if finished.returncode:
            raise RuntimeError(f"publishing fails even if nobody disturbs it: {finished.stderr}")
        return server.repos, len(server.requests)


def _older(after: Repos) -> Repos:
    repos = copy.deepcopy(after)
    for repo in repos.values():
        files = {"README.md": Blob(b"of old"), "old.txt": Blob(b"of old")}
        repo.commits[1:] = [Commit(files, "Publish", parent=repo.commits[0].oid)]
        repo.tags = {"v0.9.0": repo.commits[-1].oid}
    return repos


def _between(found: Repos, before: Repos, after: Repos) -> list[str]:
    problems = []
    for key, repo in found.items():
        files = _files(repo)
        untouched = files == (_files(before[key]) if key in before else _initial(repo))
        if not untouched and files != _wanted(after[key], repo):
            problems.append(f"{key[1]} is between two states")
        if VERSION in repo.tags and (untouched or repo.tags[VERSION] != repo.commits[-1].oid):
            problems.append(f"{key[1]} is tagged without its files")
    return problems


def _unfinished(found: Repos, after: Repos) -> list[str]:
    done = {key for key, repo in found.items() if _files(repo) == _wanted(after[key], repo)}
    tagged = {key for key, repo in found.items() if repo.tags.get(VERSION) == repo.commits[-1].oid}
    return [f"{key[1]} is not complete" for key in after if key not in done & tagged]


def _files(repo: Repo) -> dict[str, str]:
    return {path: blob.etag for path, blob in repo.commits[-1].files.items()}


def _initial(repo: Repo) -> dict[str, str]:
    return {path: blob.etag for path, blob in repo.commits[0].files.items()}


def _wanted(after: Repo, repo: Repo) -> dict[str, str]:
    """Name the files of an undisturbed publishing, and the Hub's own if the repository has it."""
    own = {path: etag for path, etag in _files(repo).items() if path == ".gitattributes"}
    return own | {path: etag for path, etag in _files(after).items() if path != ".gitattributes"}
