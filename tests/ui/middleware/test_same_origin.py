"""Pages of other sites may not use the server."""

import httpx
import pytest
from starlette.datastructures import Headers

from ui.middleware.same_origin import is_foreign


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({"host": "demo.example:7860"}, False),
        ({"host": "demo.example:7860", "origin": "http://demo.example:7860"}, False),
        ({"host": "127.0.0.1:7860", "x-forwarded-host": "demo.example", "origin": "https://demo.example"}, False),
        ({"host": "demo.example", "origin": "https://evil.example"}, True),
        ({"host": "demo.example", "origin": "null"}, True),
        ({"host": "demo.example", "origin": ""}, True),
        ({"host": "", "origin": "null"}, True),
        ({"host": "[", "origin": "http://["}, True),
    ],
)
def test_pages_of_other_sites_are_told_apart(headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(Headers(headers)) is foreign


def test_pages_of_other_sites_are_not_answered(demo: tuple[str, int]) -> None:
    answer = httpx.get(f"{demo[0]}/health", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "models" not in answer.text
    assert "Access-Control-Allow-Origin" not in answer.headers
