"""What tests are made with: places, waiting, folders that are made once, and training in this process."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import httpx
import pytest
from filelock import FileLock
from playwright.sync_api import BrowserContext, Page, expect

from ecg.atomic_files import replace_folder

PROJECT = Path(__file__).parents[1]
MODELS = PROJECT / "models" / "intra_patient"
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PLAIN_KERAS = """
import sys, keras, numpy
for model in sys.stdin:
    inputs = dict(numpy.load("inputs.npz"))
    model = keras.saving.load_model(model.removesuffix("\\n"))
    numpy.save("probabilities.npy", model.predict(inputs if len(inputs) > 1 else inputs["beat"], verbose=0))
    assert not [name for name in sys.modules if name.split(".")[0] in ("ecg", "hub")]
    print("done", flush=True)
"""


def skip(reason: str) -> NoReturn:
    """Skip a test for want of something; where CI promises to have it, fail instead."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} In CI nothing may be skipped.")
    pytest.skip(reason)


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


def open_page(context: BrowserContext, address: str) -> Page:
    """Open the demo in a new page (leaving one would break off what it is being told), and wait until it is there."""
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#beat .js-plotly-plot")).to_be_visible(timeout=20_000)
    return page


def make_once(name: str, make: Callable[[Path], None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that is made once for all worker processes of a test run; nobody may change it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not folder.exists():
            with replace_folder(folder) as unfinished:
                make(unfinished)
    return folder


@contextmanager
def without_graphs() -> Iterator[None]:
    """Let TensorFlow run step by step: for a handful of steps that is much faster than building graphs.

    What users run builds graphs; so do the smoke run and the tests of the architectures.
    """
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


def train_here(*options: str) -> None:
    """Run the training command in this process."""
    import train

    with without_graphs():
        train.main([*options])
