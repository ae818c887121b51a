"""How many bytes a request may hold."""

import socket

import httpx

from ui.middleware.body_limit import LARGEST_BODY_BYTES

CALL = "/gradio_api/call/sample_beats"


def test_a_body_that_is_too_large_is_refused(demo: tuple[str, int]) -> None:
    chunk = b" " * 1_000_000
    chunks = LARGEST_BODY_BYTES // len(chunk) + 1
    for content in (chunk * chunks, (chunk for _ in range(chunks))):  # with a length, and without
        answer = httpx.post(demo[0] + CALL, content=content, headers={"Content-Type": "application/json"}, timeout=60)
        assert answer.status_code == 413
        assert answer.json()["detail"] == "The request is too large: at most 32 MB are read. Send less at once."


def test_a_promise_of_two_gigabytes_is_refused_at_once(demo: tuple[str, int]) -> None:
    """Nothing of the body is sent."""
    host, port = demo[0].removeprefix("http://").split(":")
    for path in (CALL, "/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/mcp/"):
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {2 * 10**9}\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 413 "), path
