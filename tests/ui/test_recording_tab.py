"""The tab "A recording" in a real browser, and the endpoint by which programs have recordings read."""

from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
import wfdb
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from ecg.classes import LABELS
from ecg.io.sample_recording import WARNING
from ecg.networks.registry import TITLES
from tests.axe import violations
from tests.io.test_readers import ECG, FS, record, zipped

COLUMNS = ["time_s", "sample", "rr_s", "label", "probability", "agree", *TITLES]


@pytest.fixture(scope="module")
def client(demo: tuple[str, int], tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A program that uses the demo."""
    return Client(demo[0], verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))


def classify(client: Client, **given: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    summary, file = client.predict(**given, api_name="/classify_recording")
    return summary, pd.read_csv(file, keep_default_na=False)


@pytest.mark.parametrize("sent", ["files", "a zip"])
def test_a_program_has_a_record_read(client: Client, tmp_path: Path, sent: str) -> None:
    files = record(tmp_path)
    if sent == "a zip":
        files = [zipped(tmp_path, {file.name: file.read_bytes() for file in files})]
    handles = [handle_file(file) for file in files]
    summary, beats = classify(client, file=handles if len(handles) > 1 else handles[0])
    assert list(beats) == COLUMNS
    assert summary["beats"] == len(beats) == sum(summary["counts"].values())
    assert summary["sampling_rate_hz"] == FS
    assert summary["agreement"]["found"] == summary["agreement"]["beats"] == len(beats)
    assert set(beats["label"]) <= set(LABELS)


def test_only_the_file_is_required(client: Client, tmp_path: Path) -> None:
    np.save(tmp_path / "mine.npy", ECG)
    summary, beats = classify(client, file=handle_file(tmp_path / "mine.npy"), fs=FS)
    assert (summary["lead"], summary["agreement"]) == (None, None)
    assert len(beats) > 20
    with pytest.raises(AppError, match="does not say its sampling rate"):
        classify(client, file=handle_file(tmp_path / "mine.npy"))


def test_noise_is_refused(client: Client, tmp_path: Path) -> None:
    np.save(tmp_path / "noise.npy", np.random.default_rng(0).normal(size=20 * FS))
    with pytest.raises(AppError, match="nothing but noise"):
        classify(client, file=handle_file(tmp_path / "noise.npy"), fs=FS)


def test_raw_http_says_what_is_wrong(demo: tuple[str, int]) -> None:
    call = f"{demo[0]}/gradio_api/call/classify_recording"
    event = httpx.post(call, json={"data": [None, None, None, None]}).json()["event_id"]
    answer = httpx.get(f"{call}/{event}", timeout=30).text
    assert "no file: none of these is a recording" in answer


def test_the_excerpt_is_read_and_stepped_through(page: Page) -> None:
    page.get_by_role("tab", name="A recording").click()
    page.get_by_role("button", name="Try a real recording").click()
    expect(page.locator("#strip .js-plotly-plot")).to_be_visible(timeout=30_000)
    expect(page.locator("#tachogram .js-plotly-plot")).to_be_visible()
    expect(page.locator("#summary")).to_contain_text(WARNING)
    expect(page.locator("#counts").get_by_role("gridcell", name="V: ventricular ectopic").first).to_be_visible()
    forward = page.get_by_role("button", name="Where the models disagree ▶")
    forward.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#disagreement")).to_contain_text("Disagreement 1 of")
    forward.click()
    expect(page.locator("#disagreement")).to_contain_text("Disagreement 2 of")
    page.get_by_role("button", name="◀ Where the models disagree").click()
    expect(page.locator("#disagreement")).to_contain_text("Disagreement 1 of")
    page.get_by_label("all", exact=True).check()
    expect(page.locator("#strip .gtitle")).to_contain_text("5:00.0")
    assert violations(page) == []


def test_an_upload_is_compared_with_its_annotation_and_downloaded(page: Page, tmp_path: Path) -> None:
    page.get_by_role("tab", name="A recording").click()
    page.locator("#recording input[type=file]").set_input_files([str(file) for file in record(tmp_path)])
    expect(page.locator("#recording")).to_contain_text("mine", timeout=20_000)
    page.get_by_role("button", name="Read this recording").click()
    expect(page.locator("#agreement")).to_contain_text("Against the annotation in your files", timeout=30_000)
    expect(page.locator("#agreement-table").get_by_role("gridcell", name="vote of all").first).to_be_visible()
    with page.expect_download() as table:
        page.get_by_role("button", name="Download the beats as CSV").click()
    assert list(pd.read_csv(table.value.path())) == COLUMNS
    with page.expect_download() as annotation:
        page.get_by_role("button", name="Download them as a WFDB annotation").click()
    annotation.value.save_as(tmp_path / "read.ecg")
    assert set(wfdb.rdann(str(tmp_path / "read"), "ecg").symbol) <= set(LABELS)


def test_a_missing_file_is_explained(page: Page) -> None:
    page.get_by_role("tab", name="A recording").click()
    page.get_by_role("button", name="Read this recording").click()
    expect(page.get_by_test_id("toast-body")).to_contain_text("none of these is a recording")
