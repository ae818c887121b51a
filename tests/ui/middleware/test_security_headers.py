"""Every answer has the headers that restrict the page."""

import httpx
import pytest

from ui.middleware.security_headers import HEADERS


@pytest.mark.parametrize("path", ["/", "/health", "/nothing", "/gradio_api/info", "/gradio_api/file=/etc/passwd"])
def test_every_answer_has_safe_headers(demo: tuple[str, int], path: str) -> None:
    headers = httpx.get(demo[0] + path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
