"""A Hub that answers badly, and one that stops: the short version of tests/soak/hub_faults.py and tests/soak/hub_kills.py."""

import json
import os
from functools import partial
from pathlib import Path

import pytest
from huggingface_hub import HfApi, constants

from ecg.errors import InputError
from hub import client, pull
from tests.builders import MODELS
from tests.loopback_hub.server import HubServer
from tests.loopback_hub.user import NAMESPACE, TOKEN
from tests.soak import hub_faults, hub_kills


@pytest.fixture
def home(hub_of_models: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HF_HOME of this process, which is told of the Hub as others are by their environment."""
    monkeypatch.setattr(client, "HfApi", partial(HfApi, endpoint=hub_of_models.url))
    monkeypatch.setattr(constants, "HF_HOME", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    for name, value in {"HF_ENDPOINT": hub_of_models.url, "HF_HOME": str(tmp_path), "HF_TOKEN": TOKEN}.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("404 for a file", "Fetching someone/ecg-heartbeat-cnn: the Hub answered with status 404"),
        ("500 for a file", "Fetching someone/ecg-heartbeat-cnn: the Hub answered with status 500"),
        ("the login page of a network", "what answers is not the Hub, but perhaps a proxy or the login page of a network"),
        ("a file cut again and again", "Fetching someone/ecg-heartbeat-cnn: the Hub does not answer"),
        ("too few bytes", "brought something else than was announced"),
    ],
)
def test_a_bad_answer_is_explained(fault: str, said: str, hub_of_models: HubServer, home: Path) -> None:
    hub_faults.FAULTS[fault](hub_of_models)
    try:
        with pytest.raises(InputError, match=said):
            pull.pull(NAMESPACE)
    finally:
        hub_of_models.forgive()
    with pytest.raises(InputError, match="there is no copy"):
        pull.load_pulled(NAMESPACE)


def test_damaged_files_do_not_stay_in_the_cache(hub_of_models: HubServer, home: Path) -> None:
    hub_faults.FAULTS["other bytes, as many"](hub_of_models)
    try:
        with pytest.raises(InputError, match=r"model\.onnx is damaged"):
            pull.pull(NAMESPACE)
    finally:
        hub_of_models.forgive()
    assert pull.pull(NAMESPACE).source == pull.load_pulled(NAMESPACE).source


@pytest.mark.parametrize("fault", ["a file cut in its middle", "other bytes once", "429 once, to be tried again in a second"])
def test_what_happens_once_does_no_harm(fault: str, hub_of_models: HubServer, home: Path) -> None:
    hub_faults.FAULTS[fault](hub_of_models)
    assert NAMESPACE in pull.pull(NAMESPACE).source


def test_a_silent_hub_holds_nobody_up_and_the_older_models_are_served(
    hub_of_models: HubServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = pull.load_shipped(MODELS.parent)
    monkeypatch.setattr(pull, "PULL_TIMEOUT_S", 1.0)
    hub_of_models.delay("", silence=3600, times=hub_faults.ALWAYS)
    try:
        served, problems = pull.pull_or_fall_back(NAMESPACE, None, shipped)
        assert served is shipped
        assert ["took longer than 1 s" in problem for problem in problems] == [True, False]
        hub_of_models.forgive()
        newest = pull.pull(NAMESPACE)
        hub_of_models.delay("", silence=3600, times=hub_faults.ALWAYS)
        served, problems = pull.pull_or_fall_back(NAMESPACE, None, shipped)
        assert served.source == f"{newest.source}, from the cache"
        assert len(problems) == 1
    finally:
        hub_of_models.forgive()


def test_without_the_hub_the_cache_is_served_or_else_what_ships(
    hub_of_models: HubServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = pull.load_shipped(MODELS.parent)
    hub_of_models.stop()
    try:
        served, problems = pull.pull_or_fall_back(NAMESPACE, "v1.0.0", shipped)
    finally:
        hub_of_models.start()
    assert served is shipped
    assert "the Hub does not answer" in problems[0]
    assert "there is no copy" in problems[1]
    newest = pull.pull(NAMESPACE, "v1.0.0")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    served, problems = pull.pull_or_fall_back(NAMESPACE, "v1.0.0", shipped)
    assert served.source == f"{newest.source}, from the cache"
    assert "HF_HUB_OFFLINE is set" in problems[0]


def test_newer_models_that_do_not_arrive_leave_the_older_ones(hub_of_models: HubServer, home: Path) -> None:
    older = pull.pull(NAMESPACE)
    repo = hub_of_models.repos["model", f"{NAMESPACE}/ecg-heartbeat-cnn"]
    hub_faults.publish_anew(repo)
    repo.commits[-1].files["model.onnx"] = hub_faults.damaged(repo.commits[-1].files["model.onnx"])
    try:
        with pytest.raises(InputError, match=r"model\.onnx is damaged"):
            pull.pull(NAMESPACE)
        assert pull.load_pulled(NAMESPACE).source == older.source
    finally:
        del repo.commits[-1]


def test_a_model_under_another_name_is_refused(hub_of_models: HubServer, home: Path) -> None:
    cnn, gru = (hub_of_models.repos["model", f"{NAMESPACE}/ecg-heartbeat-{name}"] for name in ("cnn", "gru"))
    hub_faults.publish_anew(cnn)
    cnn.commits[-1].files = gru.commits[-1].files
    try:
        with pytest.raises(InputError, match="holds the model intra_patient gru; intra_patient cnn is expected"):
            pull.pull(NAMESPACE)
    finally:
        del cnn.commits[-1]


def test_a_cache_that_cannot_be_used_is_named(home: Path) -> None:
    (home / "hub").write_text("no folder")
    with pytest.raises(InputError, match=rf"{home}/hub.*Set HF_HOME to a folder that can be written"):
        pull.pull(NAMESPACE)


def test_a_note_that_is_damaged_counts_as_none(home: Path) -> None:
    pull.pull(NAMESPACE)
    (note,) = (home / "ecg-heartbeat").iterdir()
    assert len(json.loads(note.read_text())) == 10
    os.truncate(note, 20)
    with pytest.raises(InputError, match="there is no copy"):
        pull.load_pulled(NAMESPACE)


def test_a_killed_publishing_leaves_nothing_between(tmp_path: Path) -> None:
    finding = hub_kills.kill_publisher(1, tmp_path, "space")
    assert finding.held == finding.tried, finding.measured
