"""Unknown names are answered with 404; faults of the project's own are logged and answered with 500."""

import gradio as gr
import httpx
import pytest
from fastapi.testclient import TestClient

from ui.exception_handlers import EXCEPTION_HANDLERS, UNKNOWN_NAME
from ui.middleware.error_messages import SERVER_ERROR


@pytest.mark.parametrize("path", ["call/nope", "call/v2/nope", "call/v2/classify_beat"])
def test_an_unknown_name_is_answered_with_404(demo: tuple[str, int], path: str) -> None:
    answer = httpx.post(f"{demo[0]}/gradio_api/{path}", json={"data": [], "nope": 1})
    assert (answer.status_code, answer.json()["detail"]) == (404, UNKNOWN_NAME)


def test_a_required_parameter_that_is_missing_is_answered_with_404(demo: tuple[str, int]) -> None:
    answer = httpx.post(f"{demo[0]}/gradio_api/call/v2/classify_recording", json={"fs": 360})
    assert (answer.status_code, answer.json()["detail"]) == (404, UNKNOWN_NAME)


@pytest.mark.parametrize("path", ["/gradio_api/call/v2/half", "/gradio_api/call/half"])
@pytest.mark.parametrize("error", [KeyError("a secret of the inside"), TypeError("a secret of the inside")])
def test_a_fault_of_its_own_is_raised_and_answered_with_500(
    monkeypatch: pytest.MonkeyPatch, path: str, error: Exception
) -> None:
    def fail(**_: object) -> None:
        raise error

    def half(number: float) -> float:
        return number / 2

    with gr.Blocks() as demo:
        gr.api(half, api_name="half")
    app = gr.routes.App.create_app(demo, app_kwargs={"exception_handlers": EXCEPTION_HANDLERS})
    body = {"number": 1} if "v2" in path else {"data": [1]}
    monkeypatch.setattr("gradio.route_utils.get_fn", fail)
    answer = TestClient(app, raise_server_exceptions=False).post(path, json=body)
    assert (answer.status_code, answer.json()) == (500, {"detail": SERVER_ERROR})
    with pytest.raises(type(error), match="a secret"):
        TestClient(app).post(path, json=body)
