"""The server: its health, what it keeps private, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import httpx
import numpy as np
import pytest

from ecg.networks.registry import TITLES
from tests.builders import PROJECT, wait_until_answering
from tests.io.test_readers import ECG, FS
from ui.middleware.error_messages import SERVER_ERROR
from ui.no_downloads import REFUSAL


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


@pytest.fixture(scope="module")
def neighbour() -> Iterator[tuple[str, list[str]]]:
    """Another server on this machine, which must not be asked for anything, and the paths it has been asked for."""
    asked: list[str] = []

    class Neighbour(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815

    with ThreadingHTTPServer(("127.0.0.1", 0), Neighbour) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_no_other_server_is_asked(demo: tuple[str, int], neighbour: tuple[str, list[str]]) -> None:
    """Not for a file in the place of an upload, of another argument or of a proxied one, by whatever endpoint."""
    url, asked = neighbour
    api = f"{demo[0]}/gradio_api"
    for named in ({"path": f"{url}/a.csv"}, {"path": "b.csv", "url": f"{url}/b.csv"}):
        file = named | {"meta": {"_type": "gradio.FileData"}}
        for name, data in (
            ("classify_recording", [[file], FS, None, None]),
            ("classify_recording", [file, FS, file, file]),
            ("classify_beat", [file]),
            ("classify_beats", [[[file]]]),
        ):
            event = httpx.post(f"{api}/call/{name}", json={"data": data}).json()["event_id"]
            answer = httpx.get(f"{api}/call/{name}/{event}", timeout=60).text
            assert "event: error" in answer
            assert "127.0.0.1" not in answer
    for path in (f"file={url}/c", f"proxy={url}/d", f"file={url.replace('127.0.0.1', 'localhost')}/e", f"file/{url}/f"):
        assert httpx.get(f"{api}/{path}").status_code in (400, 403, 404), path
    assert not asked


def test_an_address_in_the_place_of_a_file_is_told(demo: tuple[str, int]) -> None:
    file = {"path": "https://example.org/mine.csv", "meta": {"_type": "gradio.FileData"}}
    call = f"{demo[0]}/gradio_api/call/classify_recording"
    event = httpx.post(call, json={"data": [[file], FS, None, None]}).json()["event_id"]
    assert REFUSAL in httpx.get(f"{call}/{event}", timeout=60).text


def test_a_link_to_a_file_of_the_host_is_no_upload(demo: tuple[str, int]) -> None:
    """What is uploaded is copied: no link can be made in the folder of the uploads."""
    api = f"{demo[0]}/gradio_api"
    (path,) = httpx.post(f"{api}/upload", files={"files": ("mine.csv", b"1\n2\n")}).json()
    for beside in (
        f"{path}/../../../../../../etc/passwd",
        f"{path}%00.csv",
        str(Path(path).parents[1]),
        str(Path(path).parent),
    ):
        assert httpx.get(f"{api}/file={beside}").status_code in (400, 403, 404), beside


@pytest.mark.parametrize(
    "path", ["/assets/", "/static/", "/static/js/", "/gradio_api/file=", f"/gradio_api/file={PROJECT}/results"]
)
def test_no_folder_is_listed(demo: tuple[str, int], path: str) -> None:
    assert httpx.get(demo[0] + path).status_code in (400, 403, 404)


@pytest.mark.parametrize("path", ["/monitoring", "/monitoring/summary", "/monitoring/key", "/docs", "/redoc"])
def test_what_is_for_the_operator_is_closed(demo: tuple[str, int], path: str) -> None:
    assert httpx.get(demo[0] + path).status_code in (403, 404)


@contextmanager
def running(command: list[str], port: int, stderr: IO[str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a demo of its own, which is ended even if the test fails."""
    arguments = [sys.executable, *command, "--port", str(port)]
    with subprocess.Popen(arguments, cwd=PROJECT, stderr=stderr) as process:
        try:
            wait_until_answering(f"http://127.0.0.1:{port}", process)
            yield process
        finally:
            process.terminate()


BROKEN = """
import sys, app
from ui import api, health
def fail(*_):
    raise RuntimeError("a secret of the inside")
api.list_samples = health.JSONResponse = fail
app.main(sys.argv[1:])
"""
"""The demo, with two faults of its own."""


def test_a_fault_of_its_own_is_told_without_its_inside_and_logged_without_the_request(tmp_path: Path) -> None:
    port = 7370 + os.getpid() % 400
    api = f"http://127.0.0.1:{port}/gradio_api"
    log = tmp_path / "requests.jsonl"
    with log.open("w") as stderr, running(["-c", BROKEN], port, stderr) as process:
        event = httpx.post(f"{api}/call/sample_beats", json={"data": []}).json()["event_id"]
        answers = [
            httpx.get(f"{api}/call/sample_beats/{event}", timeout=60).text,
            httpx.get(f"http://127.0.0.1:{port}/health").text,
        ]
        httpx.get(f"{api}/file=/my-secret-name.csv", headers={"X-Forwarded-For": "203.0.113.7"})
        httpx.post(f"{api}/call/my-secret-name", json={"data": ["my-secret-value"]})
        process.terminate()
        assert process.wait(timeout=60) == 0
    for answer in answers:
        assert json.loads(answer.rpartition("data: ")[2]) in ({"error": SERVER_ERROR}, {"detail": SERVER_ERROR})
    written = log.read_text()
    assert "a secret of the inside" in written  # where the operator finds it
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    assert all(list(line) == ["time", "method", "path", "status", "ms", "bytes"] for line in lines)
    logged = {(line["method"], line["path"], line["status"]) for line in lines}
    assert {
        ("POST", "/gradio_api/call/sample_beats", 200),
        ("GET", "/gradio_api/call/sample_beats/{event_id}", 200),
        ("GET", "/gradio_api/file={path_or_url:path}", 403),
        ("POST", "/gradio_api/call/{api_name}", 404),
        ("GET", "/health", 500),
    } <= logged
    for secret in ("my-secret", "203.0.113.7", event):
        assert secret not in "".join(map(str, lines))


def test_answers_under_way_are_given_before_it_ends(tmp_path: Path) -> None:
    np.save(tmp_path / "mine.npy", np.tile(ECG, 20))
    port = 8870 + os.getpid() % 1000
    url = f"http://127.0.0.1:{port}"
    call = f"{url}/gradio_api/call/classify_recording"
    with running(["app.py"], port) as process:
        with (tmp_path / "mine.npy").open("rb") as file:
            (path,) = httpx.post(f"{url}/gradio_api/upload", files={"files": file}).json()
        uploaded = [{"path": path, "meta": {"_type": "gradio.FileData"}}]
        event = httpx.post(call, json={"data": [uploaded, FS, None, None]}).json()["event_id"]
        with httpx.stream("GET", f"{call}/{event}", timeout=30) as answer:
            process.send_signal(signal.SIGTERM)
            assert "event: complete" in answer.read().decode()
        assert process.wait(timeout=30) == 0


def test_nobody_jumps_the_queue(demo: tuple[str, int]) -> None:
    answer = httpx.post(f"{demo[0]}/gradio_api/run/sample_beats", json={"data": []})
    assert answer.status_code == 404
