"""Provenance of a model: code, versions and machine."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "wfdb", "onnx")


def describe_environment() -> dict[str, Any]:
    """Describe the code and the machine.

    Returns
    -------
    dict
        ``commit`` (with ``-dirty`` if tracked files have changed; None outside a git checkout), ``versions`` of Python and the
        packages, and ``host``.
    """
    return {
        "commit": _commit(),
        "versions": {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}},
        "host": {"system": platform.system(), "machine": platform.machine(), "cores": os.cpu_count()},
    }


def _commit() -> str | None:
    # A training machine may have no git, and a downloaded archive of the project no history.
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
