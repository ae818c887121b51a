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

from ecg.classes import APPEARANCE, LABEL_OF_SYMBOL, LABELS, appearance
from ecg.data.splits import PROTOCOLS
from ecg.data.templates import load_templates
from ecg.inference.verdict import answer_table, beats_table, beats_verdict, describe_occlusion, verdict
from ecg.io.beat_parser import check_beats
from ecg.networks.registry import TITLES
from tests.builders import PROJECT
from tests.io.test_beat_parser import GOOD
from tests.soak.load import same

ENDPOINTS = {
    "/classify_beat": ["beat"],
    "/classify_beats": ["beats"],
    "/classify_recording": ["file", "fs", "unit", "lead"],
    "/compare_models": [],
    "/sample_beats": [],
}
"""The endpoints for programs, and their parameters."""


@pytest.fixture(scope="module")
def client(demo: tuple[str, int]) -> Client:
    """A program that uses the demo."""
    return Client(demo[0], verbose=False)


def test_the_endpoints_have_stable_names(client: Client) -> None:
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    parameters = {name: endpoint["parameters"] for name, endpoint in endpoints.items()}
    assert {name: [one["parameter_name"] for one in of_one] for name, of_one in parameters.items()} == ENDPOINTS


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


@pytest.mark.parametrize(("imported", "works_out_stubs"), [("app", False), ("gradio", True)])
def test_the_demo_starts_without_type_stubs(imported: str, works_out_stubs: bool) -> None:
    code = f"import ast; ast.get_source_segment = None  # which Gradio calls for its stubs\nimport {imported}"
    started = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ("create_or_modify_pyi" in started.stderr) == works_out_stubs
    assert (started.returncode != 0) == works_out_stubs


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


def test_many_beats_are_answered_as_each_of_them(client: Client) -> None:
    beats = [[*template.beat, LABELS.index(template.label)] for template in load_templates()[::20]]
    answers = client.predict(beats, api_name="/classify_beats")
    assert len(answers) == len(beats)
    for beat, answer in zip(beats, answers, strict=True):
        alone = client.predict(beat, api_name="/classify_beat")
        assert answer["truth"] == alone["truth"]
        for name, model in alone["models"].items():
            assert answer["models"][name]["label"] == model["label"]
            assert answer["models"][name]["confident"] == model["confident"]
            assert answer["models"][name]["probabilities"] == pytest.approx(model["probabilities"], abs=1e-5)


def test_many_beats_with_a_wrong_one_are_refused_with_its_cause(client: Client) -> None:
    with pytest.raises(AppError, match="Beat 2: The beat has 100 values"):
        client.predict([GOOD, GOOD[:100]], api_name="/classify_beats")


def test_what_was_measured_is_told(client: Client) -> None:
    measured = client.predict(api_name="/compare_models")
    assert {(row["model"], row["protocol"]) for row in measured} == {(name, one) for name in TITLES for one in PROTOCOLS}
    for row in measured:
        assert row["accuracy"]["low"] <= row["accuracy"]["value"] <= row["accuracy"]["high"]
        assert list(row["classes"]) == list(LABELS)
        assert sum(of_class["beats"] for of_class in row["classes"].values()) == row["test_beats"]
        assert row["one_beat_ms"] > 0


@pytest.mark.parametrize("name", ["classify_beat", "classify_beats"])
def test_what_is_left_out_is_told(demo: tuple[str, int], name: str) -> None:
    call = f"{demo[0]}/gradio_api/call"
    event = httpx.post(f"{call}/v2/{name}", json={}).json()["event_id"]
    answer = httpx.get(f"{call}/{name}/{event}", timeout=30).text
    assert "event: error" in answer
    assert "no list of" in answer


def test_requests_at_the_same_moment_are_answered_as_if_alone(demo: tuple[str, int], client: Client) -> None:
    templates = load_templates()[::8]
    alone = [client.predict(list(template.beat), api_name="/classify_beat") for template in templates]
    jobs = []
    for template in templates:
        jobs.append(client.submit(list(template.beat), api_name="/classify_beat"))
        jobs.append(client.submit(GOOD[:100], api_name="/classify_beat"))
        httpx.post(f"{demo[0]}/gradio_api/call/classify_beat", json={"data": []}).raise_for_status()
    assert same([job.result(timeout=60) for job in jobs[::2]], alone)
    for job in jobs[1::2]:
        with pytest.raises(AppError, match="has 100 values"):
            job.result(timeout=60)


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
    assert "sklearn" not in libraries  # nor what else serves nobody and would make the start slower


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


def test_the_place_where_a_model_looks_is_said() -> None:
    importance = np.zeros(187)
    importance[12:25] = 1.0
    importance[18] = 1.5
    assert describe_occlusion("CNN", "V", importance).startswith("CNN looks most at 100 to 200 ms: ")
    assert "log-odds of V fall by up to 1.5." in describe_occlusion("CNN", "V", importance)
    assert describe_occlusion("CNN", "V", -importance) == "CNN says V, whatever stretch is covered."


def test_what_a_doctor_sees_is_said_of_every_symbol() -> None:
    assert set(APPEARANCE) == set(LABEL_OF_SYMBOL)
    assert "What a doctor sees in /:" in appearance("/")


def test_many_answers_are_put_in_a_table_and_in_words() -> None:
    table = check_beats([[*GOOD, 2], GOOD])
    agreed = {name: {**answer, "label": "S", "confident": True} for name, answer in ANSWERS.items()}
    shown = beats_table(table, [ANSWERS, agreed], TITLES)
    assert list(shown.columns) == ["row", *TITLES.values(), "agree", "given"]
    assert shown.iloc[0].tolist() == [1, "V", "V ?", "N", "V", "S", "no", "V"]
    assert shown.iloc[1].tolist() == [2, *"SSSSS", "yes", ""]
    said = beats_verdict(table, [ANSWERS, agreed], TITLES)
    assert said.startswith("**2 beats**; on 1 of them all models agree.")
    assert "Right on the 1 with a class given: SimpleRNN 100.0%, CNN 100.0%, LSTM 0.0%" in said
