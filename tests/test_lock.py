"""The lock file: exact versions, with hashes, of what the demo needs."""

import re

from packaging.requirements import Requirement

from hub.space import locked_versions
from tests.builders import PROJECT

LOCK = PROJECT / "requirements.lock"
LOCKED = [Requirement(line) for line in locked_versions(LOCK)]
PYTHONS = ("3.11", "3.12", "3.13")


def for_python(version: str) -> dict[str, Requirement]:
    """What is locked for a version of Python on Linux."""
    system = {"python_version": version, "python_full_version": f"{version}.0", "sys_platform": "linux"}
    return {locked.name: locked for locked in LOCKED if not locked.marker or locked.marker.evaluate(system)}


def test_the_lock_satisfies_what_the_demo_asks_for() -> None:
    """Where this fails, `make lock` is to be run after a change of requirements-app.txt."""
    lines = (PROJECT / "requirements-app.txt").read_text().splitlines()
    wanted = [Requirement(line) for line in lines if not line.startswith("#")]
    for python in PYTHONS:
        locked = for_python(python)
        for requirement in wanted:
            (exact,) = locked[requirement.name.replace("_", "-")].specifier
            assert exact.operator == "=="
            assert requirement.specifier.contains(exact.version), f"{requirement} on Python {python}"


def test_every_package_is_exact_and_has_hashes() -> None:
    text = LOCK.read_text()
    entries = re.findall(r"^(\S+==.*(?:\\\n    --hash=sha256:[0-9a-f]{64} ?)+)$", text, re.MULTILINE)
    assert len(entries) == len(LOCKED)
    left = [line for line in text.splitlines() if not line.startswith("#") and line not in "\n".join(entries)]
    assert not left


def test_no_registry_is_named() -> None:
    assert "://" not in LOCK.read_text()
    assert "--index" not in LOCK.read_text()
