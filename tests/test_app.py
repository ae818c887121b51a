"""The demo, started as a user starts it and used by programs."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from ecg.classes import LABELS
from ecg.names import TITLES
from ecg.verdict import answer_table, verdict
from tests.conftest import PROJECT
from tests.test_beat_input import GOOD


@pytest.fixture(scope="module")
def client(demo: tuple[str, int]) -> Client:
    """A program that uses the demo."""
    return Client(demo[0], verbose=False)


def test_the_endpoints_have_stable_names(client: Client) -> None:
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == {"/classify_beat", "/sample_beats"}
    assert [parameter["parameter_name"] for parameter in endpoints["/classify_beat"]["parameters"]] == ["beat"]
    assert endpoints["/sample_beats"]["parameters"] == []


def test_samples_of_every_class_are_classified(client: Client) -> None:
    samples = client.predict(api_name="/sample_beats")
    assert {sample["label"] for sample in samples} == set(LABELS)
    for label in LABELS:
        beat = next(sample["beat"] for sample in samples if sample["label"] == label)
        answer = client.predict([*beat, LABELS.index(label)], api_name="/classify_beat")
        assert answer["truth"] == label
        assert list(answer["models"]) == list(TITLES)
        for model in answer["models"].values():
            probabilities = model["probabilities"]
            assert list(probabilities) == list(LABELS)
            assert isinstance(model["confident"], bool)
            assert sum(probabilities.values()) == pytest.approx(1, abs=1e-5)
            assert model["label"] == max(probabilities, key=lambda name: probabilities[name])
        votes = [model["label"] for model in answer["models"].values()]
        assert votes.count(label) >= 3


def test_without_a_class_index_there_is_no_truth(client: Client) -> None:
    assert client.predict(GOOD, api_name="/classify_beat")["truth"] is None


@pytest.mark.parametrize(
    ("beat", "message"),
    [
        (GOOD[:100], "has 100 values"),
        ([*GOOD[:5], "lead", *GOOD[6:]], "Value 6 is 'lead'"),
        ([0.5] * 187, "flat line"),
        ([2.0, *GOOD[1:]], "outside 0 to 1"),
        ("a text", "no list of numbers"),
        (None, "no list of numbers"),
    ],
)
def test_a_wrong_beat_is_refused_with_its_cause(client: Client, beat: Any, message: str) -> None:
    with pytest.raises(AppError, match=message):
        client.predict(beat, api_name="/classify_beat")


@pytest.mark.parametrize("nothing", ["NaN", "Infinity", "1e999", "null"])
def test_raw_json_without_a_number_is_refused_with_its_cause(demo: tuple[str, int], nothing: str) -> None:
    body = '{"data": [[' + ", ".join([nothing, *map(str, GOOD[1:])]) + "]]}"
    call = f"{demo[0]}/gradio_api/call/classify_beat"
    event = httpx.post(call, content=body, headers={"content-type": "application/json"}).json()["event_id"]
    answer = httpx.get(f"{call}/{event}", timeout=30).text
    assert "event: error" in answer
    assert "Value 1 is" in answer
    assert "upstream" not in answer


def test_no_tensorflow_in_the_process(demo: tuple[str, int], client: Client) -> None:
    client.predict(GOOD, api_name="/classify_beat")
    loaded = Path(f"/proc/{demo[1]}/maps")
    if not loaded.exists():
        pytest.skip("Only Linux tells which libraries a process has loaded.")
    libraries = loaded.read_text()
    assert "onnxruntime" in libraries
    assert "tensorflow" not in libraries


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--port", "IN USE"], "cannot be served.*[Aa]ddress already in use.*Choose another"),
        (["--host", "203.0.113.1"], "203.0.113.1, port 7860 or above, cannot be served"),
        (["--host", "nowhere.invalid"], "nowhere.invalid, .* cannot be served"),
        (["--port", "99999"], "--port must be a number from 1 to 65535, not 99999"),
    ],
)
def test_an_address_that_cannot_be_served_is_explained(demo: tuple[str, int], options: list[str], message: str) -> None:
    in_use = demo[0].rsplit(":", 1)[1]
    command = [sys.executable, "app.py", *(option.replace("IN USE", in_use) for option in options)]
    finished = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 2
    assert re.search(message, finished.stderr)
    assert "Traceback" not in finished.stderr


ANSWERS = {
    name: {
        "label": label,
        "confident": name != "cnn",
        "probabilities": dict(zip(LABELS, np.full(5, 0.2).tolist(), strict=True)),
    }
    for name, label in zip(TITLES, "VVNVS", strict=True)
}


def test_disagreement_is_said() -> None:
    said = verdict(ANSWERS, TITLES, "V")
    assert said.startswith("**The models disagree.** SimpleRNN, CNN, GRU: **V**")
    assert "LSTM: **N**" in said
    assert " **Doubtful:** CNN is not sure. " in said
    assert said.endswith("The annotation says **V**: ventricular ectopic.")


def test_agreement_is_said() -> None:
    answers = {name: {**answer, "label": "S", "confident": True} for name, answer in ANSWERS.items()}
    assert verdict(answers, TITLES, None) == "**All 5 models say S**: supraventricular ectopic."


def test_the_table_has_a_row_for_each_model() -> None:
    table = answer_table(ANSWERS, TITLES)
    assert table["model"].tolist() == list(TITLES.values())
    assert table["says"].tolist() == ["V", "V (doubtful)", "N", "V", "S"]
    assert table["P(Q)"].tolist() == ["0.200"] * 5
