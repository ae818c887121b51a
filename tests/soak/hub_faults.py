"""Let the Hub, the way to it and the cache fail in every way, and see what the demo would serve."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from tests.loopback_hub.server import HubServer
from tests.loopback_hub.store import Blob, Commit, Repo
from tests.loopback_hub.user import NAMESPACE, ONLY_MODELS, PROJECT, TOKEN, environment, hub
from tests.soak.finding import Finding

PATIENCE = 30
"""Seconds that the demo waits for the Hub here; a fault that lasts for ever costs as many."""
ALWAYS = 10_000
FILE = "heartbeat-cnn/resolve/.*onnx"
FAULTS: dict[str, Callable[[HubServer], None]] = {
    "no answer at all": lambda hub: hub.delay("", silence=3600, times=ALWAYS),
    "a file that never comes": lambda hub: hub.delay(FILE, silence=3600, times=ALWAYS),
    "a byte every half second": lambda hub: hub.delay(FILE, trickle=0.5, times=ALWAYS),
    "429, to be tried again in an hour": lambda hub: hub.fail("GET", "", 429, times=ALWAYS, retry_after="3600"),
    "429 for a file, to be tried again in an hour": lambda hub: hub.fail("GET", FILE, 429, times=ALWAYS, retry_after="3600"),
    "429 once, to be tried again in a second": lambda hub: hub.fail("GET", FILE, 429, retry_after="1"),
    "500": lambda hub: hub.fail(".*", "", 500, times=ALWAYS),
    "500 for a file": lambda hub: hub.fail("GET", FILE, 500, times=ALWAYS),
    "404 for a file": lambda hub: hub.fail(".*", FILE, 404, times=ALWAYS),
    "the login page of a network": lambda hub: hub.distort("", lambda _: b"<html>Log in</html>", times=ALWAYS),
    "connections cut at the first byte": lambda hub: hub.cut("", after=0, times=ALWAYS),
    "a file cut in its middle": lambda hub: hub.cut(FILE, after=100_000),
    "a file cut again and again": lambda hub: hub.cut(FILE, after=0, times=ALWAYS),
    "a list of files cut in its middle": lambda hub: hub.cut("/tree/", after=100, times=ALWAYS),
    "other bytes, as many": lambda hub: hub.distort(FILE, lambda content: content[::-1], times=ALWAYS),
    "other bytes once": lambda hub: hub.distort(FILE, lambda content: content[::-1]),
    "other checksums, as many": lambda hub: hub.distort("cnn/.*SUMS", lambda content: content[::-1], times=ALWAYS),
    "too few bytes": lambda hub: hub.distort(FILE, lambda content: content[:-100], times=ALWAYS),
    "too many bytes": lambda hub: hub.distort(FILE, lambda content: content + b"more", times=ALWAYS),
}
CACHES = {
    "missing": "true",
    "a file": "touch home",
    "a folder that may not be written": "mkdir -m 555 home",
    "a folder with a file where the models go": "mkdir home; touch home/hub",
}
"""What the cache is, and the commands that make it so."""
READ_ONLY = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o ro none "$0" && exec "$@"']
"""Runs a command for which a folder may not be written; root may write in spite of what the folder says."""
SERVE = """
import json, sys, time
from pathlib import Path
import numpy as np
from hub import pull
def answers(models):
    return [model.session.run(None, {given.name: np.full([1, *given.shape[1:]], 0.5, np.float32)
            for given in model.session.get_inputs()})[0] for part in (models.for_beats, models.for_recordings)
            for model in part.values()]
pull.PULL_TIMEOUT_S = float(sys.argv[1])
shipped = pull.load_shipped(Path("models"))
started = time.monotonic()
served, problems = pull.pull_or_fall_back(sys.argv[2], None, shipped)
seconds = time.monotonic() - started
right = all(np.allclose(*pair, atol=1e-4) for pair in zip(answers(served), answers(shipped), strict=True))
print(json.dumps({"source": served.source, "problems": problems, "seconds": seconds, "right": right}))
"""
"""Takes the models as the demo takes them; they are right if they say what those say that came with it, which are the same."""
SHIPPED = "those that came with this project"
CACHED = ", from the cache"


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
    with HubServer(tokens={TOKEN: NAMESPACE}) as server:
        published = hub(server, folder / "publisher", *ONLY_MODELS)
        if published.returncode:
            raise RuntimeError(published.stderr)
        return [
            answer_badly(server, FAULTS, folder / "empty", cached=False),
            answer_badly(server, FAULTS, folder / "filled", cached=True),
            spoil_cache(server, folder / "spoilt"),
            pull_together(server, 4, folder / "together"),
        ]


def serve(server: HubServer, home: Path, patience: float = PATIENCE, prefix: Sequence[str] = ()) -> dict[str, Any]:
    """Take the models as the demo does, in a process of its own.

    Parameters
    ----------
    server : HubServer
        The Hub.
    home : Path
        HF_HOME.
    patience : float
        Seconds to wait for the Hub.
    prefix : sequence of str
        A command that runs the process.

    Returns
    -------
    dict
        What is served and whether it is right, the problems and the seconds; only what was printed if there was an error.
    """
    command = [*prefix, sys.executable, "-c", SERVE, str(patience), NAMESPACE]
    ended = subprocess.run(command, cwd=PROJECT, env=environment(server, home), capture_output=True, text=True, check=False)
    return json.loads(ended.stdout) if ended.returncode == 0 else {"printed": ended.stderr}


def answer_badly(server: HubServer, faults: Collection[str], folder: Path, cached: bool) -> Finding:
    """Let the Hub answer badly, and mend it again.

    Parameters
    ----------
    server : HubServer
        A Hub to which the models have been published.
    faults : collection of str
        Keys of `FAULTS`.
    folder : Path
        Where the caches go.
    cached : bool
        Whether older models are in the cache.

    Returns
    -------
    Finding
        How often right models were served, in time and with words, and those of the Hub once it was well.
    """
    problems, longest = [], 0.0
    for number, name in enumerate(faults):
        home = folder / str(number)
        if cached:
            serve(server, home, patience=600)
            for (kind, _), repo in server.repos.items():
                if kind == "model":
                    publish_anew(repo)
        FAULTS[name](server)
        hindered = serve(server, home)
        server.forgive()
        healthy = serve(server, home, patience=600)
        wrong = _wrong(hindered, CACHED if cached else SHIPPED)
        if not wrong and (healthy.get("problems") or not healthy.get("right")):
            wrong = f"afterwards {healthy}"
        problems += [f"{name}: {wrong}"] if wrong else []
        longest = max(longest, hindered.get("seconds", 0))
    return Finding(
        what=f"the Hub answers badly ({'older models' if cached else 'nothing'} in the cache): {', '.join(faults)}",
        tried=len(faults),
        held=len(faults) - len(problems),
        promise=f"right models are served ({'those of the cache' if cached else 'the shipped ones'} at worst), with the "
        f"reason in words; the Hub's own as soon as it is well; the demo waits {PATIENCE} s at most",
        measured="; ".join([f"longest wait {longest:.0f} s", *problems]),
    )


def spoil_cache(server: HubServer, folder: Path) -> Finding:
    """Let the cache be missing, or something that cannot be used.

    Parameters
    ----------
    server : HubServer
        A Hub to which the models have been published.
    folder : Path
        Where the caches go.

    Returns
    -------
    Finding
        How often right models were served, with words where they are not the Hub's.
    """
    problems = []
    for number, (name, commands) in enumerate(CACHES.items()):
        home = folder / str(number) / "home"
        home.parent.mkdir(parents=True)
        subprocess.run(commands, shell=True, cwd=home.parent, check=True)  # noqa: S602
        read_only = [*READ_ONLY, str(home)] if "may not be written" in name and os.geteuid() == 0 else []
        served = serve(server, home, patience=600, prefix=read_only)
        wrong = _wrong(served, NAMESPACE if name == "missing" else SHIPPED)
        if not wrong and name != "missing" and "Set HF_HOME to a folder" not in served["problems"][0]:
            wrong = str(served["problems"])
        problems += [f"{name}: {wrong}"] if wrong else []
    return Finding(
        what=f"the cache is: {', '.join(CACHES)}",
        tried=len(CACHES),
        held=len(CACHES) - len(problems),
        promise="the Hub's models are served, or the shipped ones and it is said which folder cannot be used and what to do",
        measured="; ".join(problems),
    )


def pull_together(server: HubServer, times: int, folder: Path) -> Finding:
    """Let several processes fetch the models into one empty cache at once.

    Parameters
    ----------
    server : HubServer
        A Hub to which the models have been published.
    times : int
        Number of processes.
    folder : Path
        The cache.

    Returns
    -------
    Finding
        How many of them have fetched the models.
    """
    command = [sys.executable, "-m", "hub", "pull", "--namespace", NAMESPACE]
    env = environment(server, folder)
    started = [subprocess.Popen(command, cwd=PROJECT, env=env, stdout=subprocess.DEVNULL) for _ in range(times)]
    held = sum(process.wait() == 0 for process in started)
    again = serve(server, folder, patience=600)
    return Finding(
        what=f"{times} processes fetch the models into one empty cache at once",
        tried=times,
        held=held if not again.get("problems") and again.get("right") else 0,
        promise="each of them has all models, and so has the next one",
    )


def _wrong(served: dict[str, Any], next_best: str) -> str:
    if "printed" in served:
        return str(served["printed"][-500:])
    if not served["right"]:
        return f"serves wrong models: {served}"
    if served["seconds"] > PATIENCE + 10 and served["problems"]:
        return f"took {served['seconds']:.0f} s"
    if next_best not in served["source"] and served["problems"]:
        return f"serves {served['source']}, {served['problems']}"
    return (
        "" if all(len(problem) < 400 and "Error" not in problem for problem in served["problems"]) else str(served["problems"])
    )


def publish_anew(repo: Repo) -> None:
    """Add a commit with a model that is another file, but gives the same answers.

    Parameters
    ----------
    repo : Repo
        What gets the commit.
    """
    head = repo.commits[-1]
    listing, model = head.files["SHA256SUMS"], head.files["model.onnx"]
    note = str(time.monotonic()).encode()
    newer = Blob(model.content + b"\x32" + bytes([len(note)]) + note, lfs=True)  # field 6 of an ONNX file is a note
    checksums = listing.content.replace(model.etag.encode(), newer.etag.encode())
    files = head.files | {"model.onnx": newer, "SHA256SUMS": Blob(checksums)}
    repo.commits.append(Commit(files, "Publish", parent=head.oid))


def damaged(blob: Blob) -> Blob:
    """Make a file that the Hub takes for a sound one.

    Parameters
    ----------
    blob : Blob
        A file.

    Returns
    -------
    Blob
        A file of as many other bytes.
    """
    return Blob(blob.content[::-1], lfs="lfs" in blob.entry)
