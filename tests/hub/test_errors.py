"""Which errors are explained as errors of the Hub, and which are bugs of this project."""

import pytest
from huggingface_hub.utils import _http

from ecg.errors import InputError
from hub.errors import explained


def test_a_session_closed_by_another_thread_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "get_session", lambda: None)
    with pytest.raises(InputError, match="Asking: the connections to the Hub broke"), explained("Asking"):
        _http.http_backoff("GET", "http://localhost")


def test_an_attribute_error_of_this_project_is_not_explained() -> None:
    with pytest.raises(AttributeError), explained("Asking"):
        _ = None.missing  # type: ignore[attr-defined]
