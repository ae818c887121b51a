"""Pulling published models, and serving them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import httpx

from ecg.networks.registry import TITLES
from hub.pull import SERVED_PROTOCOLS
from hub.repositories import model_repository
from tests.builders import PROJECT, wait_until_answering
from tests.loopback_hub.server import HubServer
from tests.loopback_hub.user import NAMESPACE, environment, hub

PULL = ("pull", "--namespace", NAMESPACE)
CNN = model_repository(NAMESPACE, "cnn", "intra_patient")


def test_the_models_are_pulled_and_checked(hub_of_models: HubServer, tmp_path: Path) -> None:
    finished = hub(hub_of_models, tmp_path, *PULL, "--revision", "v1.0.0")
    assert finished.returncode == 0, finished.stderr[-2000:]
    assert "someone/ecg-heartbeat-* v1.0.0" in finished.stdout
    for protocol, architecture in product(SERVED_PROTOCOLS, TITLES):
        repo_id = model_repository(NAMESPACE, architecture, protocol)
        oid = hub_of_models.commits("model", repo_id)[-1].oid
        assert f"{repo_id.removeprefix(f'{NAMESPACE}/ecg-heartbeat-')} {oid[:7]}" in finished.stdout


def test_what_cannot_be_pulled_is_explained(hub_of_models: HubServer, tmp_path: Path) -> None:
    revision = hub(hub_of_models, tmp_path, *PULL, "--revision", "v9")
    assert "there is no such revision. Leave --revision out" in revision.stderr
    nobody = hub(hub_of_models, tmp_path, "pull", "--namespace", "nobody")
    assert "there is no such repository" in nobody.stderr
    name = hub(hub_of_models, tmp_path, "pull", "--namespace", "no/body")
    assert "that is no name for a repository" in name.stderr
    hub_of_models.stop()
    down = hub(hub_of_models, tmp_path, *PULL)
    hub_of_models.start()
    assert "the Hub does not answer" in down.stderr
    assert [finished.returncode for finished in (revision, nobody, name, down)] == [2, 2, 2, 2]


@contextmanager
def demo_with_hub(server: HubServer, home: Path) -> Iterator[tuple[str, str]]:
    """The demo that asks the Hub for its models: the source it names, and its whole page."""
    port = 9870 + os.getpid() % 1000
    url = f"http://127.0.0.1:{port}"
    env = {**environment(server, home), "ECG_HUB_NAMESPACE": NAMESPACE}
    with subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=PROJECT, env=env) as process:
        try:
            wait_until_answering(url, process)
            components = httpx.get(f"{url}/config").json()["components"]
            texts = [str(component["props"].get("value")) for component in components]
            yield next(text for text in texts if text.startswith("Models: ")), "\n".join(texts)
        finally:
            process.terminate()


def test_the_demo_serves_what_the_hub_has_or_the_next_best(hub_of_models: HubServer, tmp_path: Path) -> None:
    oid = hub_of_models.commits("model", CNN)[-1].oid
    with demo_with_hub(hub_of_models, tmp_path) as (source, page):
        assert "someone/ecg-heartbeat-*" in source
        assert f"cnn {oid[:7]}" in source
        assert "⚠" not in page
    hub_of_models.stop()
    try:
        with demo_with_hub(hub_of_models, tmp_path) as (source, page):
            assert f"cnn {oid[:7]}" in source
            assert source.endswith("from the cache")
            assert "the Hub does not answer" in page
    finally:
        hub_of_models.start()
