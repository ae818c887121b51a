"""The server: its health, what it keeps from strangers, and how it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest

from ecg.names import TITLES
from tests.conftest import PROJECT, wait_until_answering
from tests.test_recording import ECG, FS


def test_its_health_names_the_models(demo: tuple[str, int]) -> None:
    health = httpx.get(f"{demo[0]}/health").json()
    assert health["status"] == "ok"
    assert health["models"] == {"for_beats": list(TITLES), "for_recordings": list(TITLES)}
    assert health["source"] == "those that came with this project"
    assert set(health["versions"]) == {"ecg", "gradio", "onnxruntime", "numpy"}


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../../../etc/passwd",
        f"{PROJECT}/app.py",
        f"{PROJECT}/results/../app.py",
        "http://127.0.0.1:1/",
        "~/.ssh",
    ],
)
def test_no_file_of_the_host_is_readable(demo: tuple[str, int], path: str) -> None:
    for address in (f"/gradio_api/file={path}", f"/gradio_api/file={path.replace('/', '%2f')}", f"/gradio_api/proxy={path}"):
        answer = httpx.get(demo[0] + address, follow_redirects=False)
        assert answer.status_code >= 300, address
        assert "root:" not in answer.text
        assert "import" not in answer.text


@pytest.mark.parametrize("path", ["/etc/passwd", f"{PROJECT}/pyproject.toml"])
def test_a_path_of_the_host_is_no_upload(demo: tuple[str, int], path: str) -> None:
    """A program that names a file of the server instead of uploading one of its own learns nothing of it."""
    call = f"{demo[0]}/gradio_api/call/classify_recording"
    file = [{"path": path, "meta": {"_type": "gradio.FileData"}}]
    answer = httpx.post(call, json={"data": [file, FS, None, None]})
    if answer.is_success:
        answer = httpx.get(f"{call}/{answer.json()['event_id']}", timeout=30)
    assert "event: complete" not in answer.text
    assert "none of these is a recording" not in answer.text


def test_answers_under_way_are_given_before_it_ends(tmp_path: Path) -> None:
    np.save(tmp_path / "mine.npy", np.tile(ECG, 20))
    port = 8870 + os.getpid() % 1000
    url = f"http://127.0.0.1:{port}"
    call = f"{url}/gradio_api/call/classify_recording"
    with subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=PROJECT) as process:
        wait_until_answering(url, process)
        with (tmp_path / "mine.npy").open("rb") as file:
            (path,) = httpx.post(f"{url}/gradio_api/upload", files={"files": file}).json()
        uploaded = [{"path": path, "meta": {"_type": "gradio.FileData"}}]
        event = httpx.post(call, json={"data": [uploaded, FS, None, None]}).json()["event_id"]
        with httpx.stream("GET", f"{call}/{event}", timeout=30) as answer:
            process.send_signal(signal.SIGTERM)
            assert "event: complete" in answer.read().decode()
        assert process.wait(timeout=30) == 0
