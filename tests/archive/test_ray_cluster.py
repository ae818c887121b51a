"""Classifying a folder of recordings on a Ray cluster of two nodes, one of which is killed in mid-run."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ecg.archive.classify import classify_archive
from ecg.archive.store import Store
from tests.archive.test_archive import (
    BAD,
    GOOD,
    archive_of,
    blocked,
    command,
    files_of,
    folder,
    readers_of,
    started,
    wait_until,
)
from tests.builders import skip

__all__ = ["blocked", "folder"]
RAY = Path(sys.executable).with_name("ray")
Node = subprocess.Popen[bytes]


@pytest.fixture
def node() -> Iterator[Callable[..., Node]]:
    """What starts a node of Ray as an administrator does; all are killed with the test."""
    if importlib.util.find_spec("ray") is None:
        skip("Ray is not installed: pip install -r requirements-ray.txt.")
    nodes: list[Node] = []
    memory = "--object-store-memory=80000000"
    soon = {"RAY_health_check_period_ms": "500", "RAY_health_check_failure_threshold": "3"}  # notice at once who is dead

    def start(*arguments: str) -> Node:
        program = [str(RAY), "start", "--block", "--disable-usage-stats", memory, *arguments]
        program += [f"--temp-dir={temporary}"] if "--head" in arguments else []
        nodes.append(
            subprocess.Popen(
                program,
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | soon,
            )
        )
        return nodes[-1]

    # not below tmp_path: paths of sockets are short
    with tempfile.TemporaryDirectory(prefix="ray", dir="/tmp", ignore_cleanup_errors=True) as temporary:
        yield start
        for each in nodes:
            kill(each)


def kill(node: Node) -> None:
    """Kill all processes of a node at once."""
    if node.poll() is None:
        os.killpg(node.pid, signal.SIGKILL)
        node.wait()


def a_free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as calling:
        return calling.connect_ex(("127.0.0.1", port)) == 0


def test_a_node_that_is_killed_loses_nothing_and_doubles_nothing(
    folder: Path, blocked: Path, tmp_path: Path, node: Callable[..., Node]
) -> None:
    here, on_ray = tmp_path / "here", tmp_path / "on_ray"
    port = a_free_port()
    head = ("--head", f"--port={port}", "--node-ip-address=127.0.0.1", "--include-dashboard=false")
    node(*head, "--num-cpus=0")
    wait_until(lambda: answers(port))
    first = node(f"--address=127.0.0.1:{port}", "--node-ip-address=127.0.0.2", "--num-cpus=1")
    with started(command(folder, on_ray, "--ray", f"127.0.0.1:{port}")) as driver:
        wait_until(lambda: bool(readers_of(blocked)) and all(Store(on_ray).summary(name).is_file() for name in GOOD))
        kill(first)
        np.save(tmp_path / "unblocked.npy", np.load(folder / "a/_c=1/100.npy"))
        (tmp_path / "unblocked.npy").replace(blocked)
        node(f"--address=127.0.0.1:{port}", "--node-ip-address=127.0.0.3", "--num-cpus=1")
        assert driver.wait(120) == 0
    assert classify_archive(archive_of(folder, here), workers=1) == (len(GOOD) + len(BAD) + 1, len(BAD))
    assert files_of(on_ray) == files_of(here)
