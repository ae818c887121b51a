"""What several tests share: the records, generated beats, a smoke run, the demo and a browser."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import httpx
import pytest
from hypothesis import settings
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from ecg.data import mitdb, synthetic_beats
from ecg.data.beat_sources import read_mitdb_beats
from ecg.data.beat_table import BeatTable
from tests.loopback_hub.server import HubServer
from tests.loopback_hub.user import NAMESPACE, ONLY_MODELS, TOKEN, hub

PROJECT = Path(__file__).parents[1]
MODELS = PROJECT / "models" / "intra_patient"
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
settings.register_profile("untimed", deadline=None)  # a busy machine is no defect
settings.load_profile("untimed")


def skip(reason: str) -> NoReturn:
    """Skip a test for want of something; where CI promises to have it, fail instead."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} In CI nothing may be skipped.")
    pytest.skip(reason)


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
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output folder of a smoke run of all five architectures."""
    out = tmp_path_factory.mktemp("smoke")
    command = [sys.executable, "train.py", "--smoke", "--out", str(out)]
    finished = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False)
    assert finished.returncode == 0, finished.stderr[-3000:]
    (out / "printed.txt").write_text(finished.stdout)
    return out


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


def wait_until_answering(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers; fail if it ends before."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the demo ended with status {process.returncode}"
        try:
            httpx.get(url, timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"nothing answered at {url} within a minute")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium browser."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        skip("No Chromium browser is here; on Debian: apt-get install chromium.")
    return path


@pytest.fixture
def page(demo: tuple[str, int], chromium: str) -> Iterator[Page]:
    """The demo's page; it fails the test if it, or one beside it, asks another host for anything or prints an error."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        foreign: list[str] = []
        errors: list[str] = []
        local = (demo[0], "data:", "blob:")
        context.on("request", lambda request: None if request.url.startswith(local) else foreign.append(request.url))
        context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        yield open_page(context, demo[0])
        browser.close()
    assert not foreign
    assert not errors


def open_page(context: BrowserContext, address: str) -> Page:
    """Open the demo in a new page (leaving one would break off what it is being told), and wait until it is there."""
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#beat .js-plotly-plot")).to_be_visible(timeout=20_000)
    return page


@pytest.fixture(scope="session")
def hub_of_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubServer]:
    """A Hub to which the models have been published."""
    with HubServer(tokens={TOKEN: NAMESPACE}) as server:
        finished = hub(server, tmp_path_factory.mktemp("home"), *ONLY_MODELS)
        assert finished.returncode == 0, finished.stderr[-2000:]
        yield server
