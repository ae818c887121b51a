"""The Space: a copy of the demo with its own copy of the models and pinned versions of its requirements."""

import shutil
from pathlib import Path

from huggingface_hub import SpaceCardData

from ecg.atomic_files import write_atomically
from ecg.networks.registry import TITLES
from hub.pull import SERVED_PROTOCOLS
from hub.repositories import DATASET, model_repository

PARTS = ("app.py", "ecg", "hub", "ui", *(f"models/{protocol}" for protocol in SERVED_PROTOCOLS), "results", "LICENSE")
NOT_NEEDED = shutil.ignore_patterns("__pycache__", "run_results", "LOG.md")
CARD = """---
{front_matter}
---

# One heartbeat, five readers

A SimpleRNN, a CNN, an LSTM, a GRU and an attention model read the same heartbeat. For teaching and research; this is not a
medical device.
"""


def write_space(namespace: str, project: Path, folder: Path) -> None:
    """Copy the files of the Space from the project to a folder."""
    locked = locked_versions(project / "requirements.lock")
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source, target = project / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=NOT_NEEDED)
        else:
            shutil.copyfile(source, target)
    # without hashes: the Hub also installs packages of its own, which pip would then refuse
    write_atomically(folder / "requirements.txt", "".join(f"{requirement}\n" for requirement in locked))
    gradio = next(requirement for requirement in locked if requirement.startswith("gradio=="))
    front_matter = _front_matter(namespace, gradio.removeprefix("gradio=="))
    write_atomically(folder / "README.md", CARD.format(front_matter=front_matter.to_yaml()))


def locked_versions(lock: Path) -> list[str]:
    """Return the requirements of a lock file without their hashes: exact versions, with platform markers if there are any."""
    lines = lock.read_text().splitlines()
    return [line.removesuffix("\\").strip() for line in lines if line and not line.startswith((" ", "#"))]


def _front_matter(namespace: str, gradio: str) -> SpaceCardData:
    return SpaceCardData(
        title="One heartbeat, five readers",
        sdk="gradio",
        sdk_version=gradio,
        python_version="3.11",
        app_file="app.py",
        license="mit",
        short_description="Five neural networks read the same ECG heartbeat",
        models=[
            model_repository(namespace, architecture, protocol) for protocol in SERVED_PROTOCOLS for architecture in TITLES
        ],
        datasets=[f"{namespace}/{DATASET}"],
        tags=["ecg", "heartbeat"],
    )
