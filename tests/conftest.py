"""Fixtures that several tests share: the records, generated beats, smoke runs, the demo and a browser."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

from ecg.data import mitdb, synthetic_beats
from ecg.data.beat_sources import read_mitdb_beats
from ecg.data.beat_table import BeatTable
from tests.builders import (
    BROWSER_ARGUMENTS,
    PLAIN_KERAS,
    PROJECT,
    make_once,
    open_page,
    skip,
    train_here,
    wait_until_answering,
)
from tests.loopback_hub.server import HubServer
from tests.loopback_hub.user import NAMESPACE, ONLY_MODELS, TOKEN, hub

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
settings.register_profile("untimed", deadline=None)  # a busy machine is no defect
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def records() -> Path:
    """Folder of the MIT-BIH records."""
    folder = mitdb.find()
    if folder is None:
        skip(f"The MIT-BIH records are not here; {mitdb.ENVIRONMENT_VARIABLE} names no folder that holds them.")
    return folder


@pytest.fixture(scope="session")
def beats(records: Path) -> BeatTable:
    """All beats of the records."""
    return read_mitdb_beats(records)


@pytest.fixture(scope="session")
def generated() -> BeatTable:
    """Generated beats, for which no records are needed."""
    return synthetic_beats.generate_beats()


@pytest.fixture(scope="session")
def few_beats() -> BeatTable:
    """The beats of a smoke run: all of a split go into one batch."""
    from train import SMOKE_BEATS_PER_TEMPLATE  # it imports TensorFlow

    return synthetic_beats.generate_beats(beats_per_template=SMOKE_BEATS_PER_TEMPLATE)


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output folder of a smoke run of all five architectures, started as a user starts it."""

    def make(out: Path) -> None:
        command = [sys.executable, "train.py", "--smoke", "--out", str(out)]
        finished = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False)
        assert finished.returncode == 0, finished.stderr[-3000:]
        (out / "printed.txt").write_text(finished.stdout)

    return make_once("smoke", make, tmp_path_factory)


@pytest.fixture(scope="session")
def inter_patient_smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output folder of a smoke run of the CNN under the inter-patient protocol."""
    options = ("--smoke", "--arch", "cnn", "--protocol", "inter_patient", "--seed", "7", "--epochs", "1")
    return make_once("inter_patient_smoke", lambda out: train_here(*options, "--out", str(out)), tmp_path_factory)


@pytest.fixture(scope="session")
def plain_keras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path, dict[str, np.ndarray]], np.ndarray]]:
    """What lets a saved model answer, in a process that has Keras and nothing of this project."""
    folder = tmp_path_factory.mktemp("plain_keras")
    command = [sys.executable, "-c", PLAIN_KERAS]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        requests, replies = process.stdin, process.stdout
        assert requests is not None
        assert replies is not None

        def predict(model: Path, inputs: dict[str, np.ndarray]) -> np.ndarray:
            np.savez(folder / "inputs.npz", allow_pickle=False, **inputs)
            print(model, file=requests, flush=True)
            assert replies.readline() == "done\n"
            return np.load(folder / "probabilities.npy")

        yield predict
        requests.close()


@pytest.fixture(scope="session")
def demo() -> Iterator[tuple[str, int]]:
    """Address and process number of the demo, started as a user starts it."""
    port = 7870 + os.getpid() % 1000
    command = [sys.executable, "app.py", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, cwd=PROJECT) as process:
        try:
            wait_until_answering(url, process)
            yield url, process.pid
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium browser."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        skip("No Chromium browser is here; on Debian: apt-get install chromium.")
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser for the tests of a module. While it is open, no test can run an event loop of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(demo: tuple[str, int], browser: Browser) -> Iterator[Page]:
    """The demo's page; it fails the test if it, or one beside it, asks another host for anything or prints an error."""
    foreign: list[str] = []
    errors: list[str] = []
    local = (demo[0], "data:", "blob:")
    with browser.new_context(viewport={"width": 1280, "height": 1000}) as context:
        context.on("request", lambda request: None if request.url.startswith(local) else foreign.append(request.url))
        context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        yield open_page(context, demo[0])
    assert not foreign
    assert not errors


@pytest.fixture(scope="session")
def hub_of_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubServer]:
    """A Hub to which the models have been published."""
    with HubServer(tokens={TOKEN: NAMESPACE}) as server:
        finished = hub(server, tmp_path_factory.mktemp("home"), *ONLY_MODELS)
        assert finished.returncode == 0, finished.stderr[-2000:]
        yield server
