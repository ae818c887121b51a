"""A person who uses the Hub on loopback by the project's own command."""

import os
import subprocess
import sys
from pathlib import Path

from tests.loopback_hub.server import HubServer

PROJECT = Path(__file__).parents[2]
TOKEN = "hf_do_not_tell"
NAMESPACE = "someone"
ONLY_MODELS = ("publish", "--namespace", NAMESPACE, "--only", "models", "--version", "v1.0.0")


def environment(server: HubServer, home: Path, token: str = TOKEN) -> dict[str, str]:
    """What the shell of a person holds who uses this Hub, and whose records are not where they are looked for."""
    ours = {"HF_ENDPOINT": server.url, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", "HF_TOKEN": token}
    quiet = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "XDG_CACHE_HOME": str(home)}
    return {**os.environ, **ours, **quiet, "ECG_MITDB_DIR": "", "PYTHONPATH": str(PROJECT)}


def hub(server: HubServer, home: Path, *options: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    """Run the command, and see to it that it does not tell the token."""
    command = [sys.executable, "-m", "hub", *options]
    env = environment(server, home, token)
    finished = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert TOKEN not in finished.stdout + finished.stderr
    assert not [file for file in home.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]
    assert "Traceback" not in finished.stderr, finished.stderr[-3000:]
    return finished
