"""Publishing: the real command and the real client, to a Hub on loopback."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
import yaml
from huggingface_hub import HfApi, constants

from ecg.atomic_files import read_json
from ecg.data.beat_table import BeatTable
from ecg.data.splits import PROTOCOLS
from ecg.errors import InputError
from ecg.networks.registry import TITLES
from hub import client
from hub.publish import send
from hub.pull import SERVED_PROTOCOLS
from hub.repositories import DATASET, SPACE, Repository, model_repository
from hub.space import locked_versions
from hub.staging import stage_models
from hub.verify import check_answers, check_publishable, check_reference
from tests.builders import MODELS, PROJECT, train_here, wait_until_answering
from tests.loopback_hub.server import HubServer
from tests.loopback_hub.user import NAMESPACE, TOKEN, environment, hub

REPOSITORIES = [
    *(("model", model_repository(NAMESPACE, architecture, protocol)) for protocol, architecture in product(PROTOCOLS, TITLES)),
    ("dataset", f"{NAMESPACE}/{DATASET}"),
    ("space", f"{NAMESPACE}/{SPACE}"),
]

END_OF_PIECE = "=== end of piece ==="


@pytest.fixture
def server() -> Iterator[HubServer]:
    """An empty Hub."""
    with HubServer(tokens={TOKEN: NAMESPACE}) as server:
        yield server


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> list[Repository]:
    """The repositories of the models, written to a folder."""
    return stage_models(NAMESPACE, tmp_path_factory.mktemp("staged"), beats=None)


@pytest.fixture
def api(server: HubServer, monkeypatch: pytest.MonkeyPatch) -> HfApi:
    """A client of the empty Hub, in this process."""
    monkeypatch.setattr(constants, "ENDPOINT", server.url)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    return HfApi(endpoint=server.url, token=TOKEN)


@pytest.fixture(scope="module")
def published(records: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HubServer, str]]:
    """A Hub to which everything has been published, and what the command printed."""
    with HubServer(tokens={TOKEN: NAMESPACE}) as server:
        home = tmp_path_factory.mktemp("home")
        finished = hub(server, home, "publish", "--namespace", NAMESPACE, "--version", "v1.0.0", "--mitdb", str(records))
        assert finished.returncode == 0, finished.stderr[-2000:]
        yield server, finished.stdout


def test_everything_is_published_in_one_commit_each_and_tagged(published: tuple[HubServer, str]) -> None:
    server, printed = published
    for repo_type, repo_id in REPOSITORIES:
        commits = server.commits(repo_type, repo_id)
        assert [commit.title for commit in commits][1:] == ["Publish v1.0.0"]
        assert server.tags(repo_type, repo_id) == {"v1.0.0": commits[-1].oid}
        assert server.page(repo_type, repo_id) in printed
    (collection,) = server.collections.values()
    assert [item["id"] for item in collection["items"]] == [repo_id for _, repo_id in REPOSITORIES]


def test_the_models_are_those_that_ship(published: tuple[HubServer, str]) -> None:
    server, _ = published
    for protocol, architecture in product(PROTOCOLS, TITLES):
        files = server.files("model", model_repository(NAMESPACE, architecture, protocol))
        for file in (MODELS.parent / protocol / architecture).iterdir():
            assert files[file.name] == file.read_bytes(), file
        samples = "sample_beats.csv" if protocol == "intra_patient" else "sample_inputs.npz"
        assert {"README.md", samples} <= set(files)
        assert not [name for name in files if name.endswith((".pkl", ".pickle", ".joblib", ".npy"))]


def test_published_again_nothing_changes(published: tuple[HubServer, str], records: Path, tmp_path: Path) -> None:
    server, _ = published
    before = {repository: server.commits(*repository) for repository in REPOSITORIES}
    options = ("--namespace", NAMESPACE, "--version", "v1.0.0", "--mitdb", str(records))
    finished = hub(server, tmp_path, "publish", *options)
    assert finished.returncode == 0, finished.stderr[-2000:]
    assert finished.stdout.count("had not changed since") == len(REPOSITORIES)
    assert before == {repository: server.commits(*repository) for repository in REPOSITORIES}


def test_a_stranger_loads_the_dataset(published: tuple[HubServer, str], beats: BeatTable, tmp_path: Path) -> None:
    code = f"""
import json, datasets
for protocol in ("intra_patient", "inter_patient"):
    table = datasets.load_dataset("{NAMESPACE}/{DATASET}", protocol)
    print(json.dumps({{name: len(split) for name, split in table.items()}}))
print(json.dumps([table["test"].features["label"].names, len(table["test"][0]["beat"])]))
"""
    env = {**environment(published[0], tmp_path), "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    printed = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    intra, inter, features = (json.loads(line) for line in printed.splitlines())
    for protocol, counts in (("intra_patient", intra), ("inter_patient", inter)):
        parts = {
            name: len(beats.part(protocol, split).labels) for name, split in zip(counts, ("train", "val", "test"), strict=True)
        }
        assert counts == parts
    assert list(inter) == ["train", "validation", "test"]
    assert features == [["N", "S", "V", "F", "Q"], 187]


def test_the_code_of_the_cards_runs(published: tuple[HubServer, str], demo: tuple[str, int], tmp_path: Path) -> None:
    """All of it in one process that has nothing of this project, each piece in a namespace of its own."""
    server, _ = published
    pieces: list[tuple[str, str, str]] = []
    for protocol in PROTOCOLS:
        card = server.files("model", model_repository(NAMESPACE, "gru", protocol))["README.md"].decode()
        by_keras, by_onnx, *by_api = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
        assert len(by_api) == (protocol == "intra_patient")
        pieces += [(protocol, "keras", by_keras), (protocol, "onnx", by_onnx)]
        pieces += [(protocol, "api", code.replace(f"{NAMESPACE}/{SPACE}", demo[0])) for code in by_api]
    (tmp_path / "pieces.json").write_text(json.dumps([code for *_, code in pieces]))
    run_all = f"import json\nfor code in json.load(open('pieces.json')):\n    exec(code, {{}})\n    print({END_OF_PIECE!r})"
    env = environment(server, tmp_path)
    del env["PYTHONPATH"]
    finished = subprocess.run(
        [sys.executable, "-c", run_all], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    printed = finished.stdout.split(END_OF_PIECE)[:-1]
    for (protocol, means, _), text in zip(pieces, printed, strict=True):
        if means == "api":
            assert "'label': 'N'" in text
            continue
        numbers = [float(number) for number in re.findall(r"\d\.\d+(?:e[+-]\d+)?", text)]
        stored = pd.read_csv(MODELS.parent / protocol / "gru" / "templates.csv").iloc[0, 2:].to_numpy(dtype=float)
        assert numbers == pytest.approx(stored, abs=1e-6 if means == "keras" else 1e-5)


def test_the_space_starts_by_itself(published: tuple[HubServer, str], tmp_path: Path) -> None:
    """In a fresh virtual environment that has nothing but what its requirements.txt names."""
    for path, content in published[0].files("space", f"{NAMESPACE}/{SPACE}").items():
        file = tmp_path / "space" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile", "-r", "requirements.txt"]
    subprocess.run(install, cwd=tmp_path / "space", check=True, capture_output=True)
    port = 8870 + os.getpid() % 1000
    url = f"http://127.0.0.1:{port}"
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "ECG_MITDB_DIR")}
    with subprocess.Popen([python, "app.py", "--port", str(port)], cwd=tmp_path / "space", env=env) as process:
        try:
            wait_until_answering(url, process)
            code = f"""
from gradio_client import Client
client = Client({url!r}, verbose=False)
beat = client.predict(api_name="/sample_beats")[0]["beat"]
print(len(client.predict(beat, api_name="/classify_beat")["models"]))
"""
            answer = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
            assert answer.split() == ["5"]
        finally:
            process.terminate()
    assert not list((tmp_path / "venv").glob("lib/*/site-packages/tensorflow*"))


def test_a_dry_run_writes_all_and_sends_nothing(server: HubServer, tmp_path: Path) -> None:
    options = ("publish", "--namespace", NAMESPACE, "--only", "models", "space", "--dry-run", str(tmp_path / "all"))
    assert hub(server, tmp_path / "home", *options).returncode == 0
    assert {folder.name for folder in (tmp_path / "all").iterdir()} == {
        repo_id.partition("/")[2] for kind, repo_id in REPOSITORIES if kind != "dataset"
    }
    assert not server.requests
    again = hub(server, tmp_path / "home", *options)
    assert again.returncode == 2
    assert "is not empty. Name a new folder." in again.stderr


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda server: server.fail("POST", "cnn/commit", 500, times=10), "status 500. Try again later"),
        (lambda server: server.fail("POST", "cnn/commit", 412), "somebody else has changed the repository"),
        (lambda server: server.fail("POST", "gru/tag", 503, times=10), "status 503"),
        (lambda server: server.fail("PUT", "/storage", 400), "Publishing someone/ecg-heartbeat-simple-rnn: .* status 400"),
        (lambda server: server.cut("lstm/commit", after=1000, times=100), "Publishing someone/ecg-heartbeat"),
    ],
)
def test_a_publishing_that_broke_off_can_be_started_again(
    server: HubServer, api: HfApi, staged: list[Repository], break_it: Callable[[HubServer], None], said: str
) -> None:
    break_it(server)
    with pytest.raises(InputError, match=said):
        send(api, NAMESPACE, staged, private=False, version="v1.0.0")
    for repo_id in (repo_id for kind, repo_id in server.repos if kind == "model"):
        tagged, commits = server.tags("model", repo_id), server.commits("model", repo_id)
        assert not tagged or (tagged == {"v1.0.0": commits[-1].oid} and len(commits) == 2)

    server.forgive()
    send(api, NAMESPACE, staged, private=False, version="v1.0.0")
    for architecture in TITLES:
        repo_id = model_repository(NAMESPACE, architecture, "intra_patient")
        assert len(server.commits("model", repo_id)) == 2
        assert server.tags("model", repo_id) == {"v1.0.0": server.commits("model", repo_id)[-1].oid}


def test_a_silent_hub_is_not_waited_for(
    server: HubServer, api: HfApi, staged: list[Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LONGEST_SILENCE_S", 0.5)
    monkeypatch.setattr(client, "HfApi", lambda: api)
    server.delay("", silence=3600)
    with pytest.raises(InputError, match="the Hub does not answer"):
        send(client.client(), NAMESPACE, staged, private=False, version=None)


def test_what_is_refused_before_anything_is_sent(server: HubServer, tmp_path: Path) -> None:
    options = ("publish", "--only", "space", "--namespace")
    foreign = hub(server, tmp_path, *options, "another")
    assert "The token is for someone, not for another." in foreign.stderr
    unknown = hub(server, tmp_path, *options, NAMESPACE, token="hf_wrong")
    assert "the Hub does not accept the token. Log in anew" in unknown.stderr
    nobody = hub(server, tmp_path, *options, NAMESPACE, token="")
    assert "there is no token. Log in with `hf auth login`" in nobody.stderr
    server.stop()
    down = hub(server, tmp_path, *options, NAMESPACE)
    server.start()
    assert "the Hub does not answer" in down.stderr
    assert [finished.returncode for finished in (foreign, unknown, nobody, down)] == [2, 2, 2, 2]
    assert not server.repos


def test_a_taken_version_is_not_moved(server: HubServer, api: HfApi, staged: list[Repository]) -> None:
    send(api, NAMESPACE, staged, private=False, version="v1.0.0")
    repo_id = model_repository(NAMESPACE, "cnn", "intra_patient")
    server.repos["model", repo_id].tags["v1.0.0"] = server.commits("model", repo_id)[0].oid
    with pytest.raises(InputError, match="ecg-heartbeat-cnn has a v1.0.0 already, with other content"):
        send(api, NAMESPACE, staged, private=False, version="v1.0.0")


def test_files_that_are_no_longer_there_are_deleted(server: HubServer, api: HfApi, staged: list[Repository]) -> None:
    send(api, NAMESPACE, staged, private=False, version=None)
    repo_id = model_repository(NAMESPACE, "cnn", "intra_patient")
    wanted = server.files("model", repo_id)
    newest = server.repos["model", repo_id].commits[-1]
    newest.files["old.txt"] = newest.files["README.md"]
    send(api, NAMESPACE, staged, private=False, version=None)
    assert server.files("model", repo_id) == wanted


def test_a_model_that_does_not_say_what_it_said_is_refused(tmp_path: Path, beats: BeatTable) -> None:
    """The network of another architecture, under correct checksums."""
    from ecg.checksums import write_checksums

    folder = tmp_path / "cnn"
    shutil.copytree(MODELS / "cnn", folder)
    check_publishable(folder)
    check_reference(folder, beats)
    shutil.copyfile(MODELS / "gru" / "model.onnx", folder / "model.onnx")
    (folder / "SHA256SUMS").unlink()
    write_checksums(folder)
    with pytest.raises(InputError, match="does not give the probabilities stored with it"):
        check_answers(folder)
    with pytest.raises(InputError, match="does not give the probabilities stored with it"):
        check_reference(folder, beats)


def test_the_space_names_what_it_uses(published: tuple[HubServer, str]) -> None:
    front_matter = yaml.safe_load(published[0].files("space", f"{NAMESPACE}/{SPACE}")["README.md"].split(b"---\n")[1])
    assert front_matter["models"] == [
        model_repository(NAMESPACE, architecture, protocol) for protocol in SERVED_PROTOCOLS for architecture in TITLES
    ]
    assert front_matter["datasets"] == [f"{NAMESPACE}/{DATASET}"]
    assert (front_matter["sdk"], front_matter["app_file"]) == ("gradio", "app.py")
    requirements = published[0].files("space", f"{NAMESPACE}/{SPACE}")["requirements.txt"].decode().splitlines()
    assert requirements == locked_versions(PROJECT / "requirements.lock")
    assert f"gradio=={front_matter['sdk_version']}" in requirements
    assert all("==" in requirement for requirement in requirements)


def test_the_space_serves_exactly_the_models_beside_it(published: tuple[HubServer, str]) -> None:
    space = published[0].files("space", f"{NAMESPACE}/{SPACE}")
    for protocol, architecture in product(SERVED_PROTOCOLS, TITLES):
        model = published[0].files("model", model_repository(NAMESPACE, architecture, protocol))
        own = f"models/{protocol}/{architecture}/"
        held = {path.removeprefix(own): content for path, content in space.items() if path.startswith(own)}
        assert held.items() <= model.items()
        assert "model.onnx" in held


def test_private_repositories_are_hidden_from_others(server: HubServer, tmp_path: Path) -> None:
    assert hub(server, tmp_path, "publish", "--namespace", NAMESPACE, "--only", "space", "--private").returncode == 0
    assert [repo.private for repo in server.repos.values()] == [True]


def test_training_does_not_begin_without_access_to_publish(
    server: HubServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "train.py", "--publish", "another"]
    env = environment(server, tmp_path)
    refused = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "The token is for someone, not for another." in refused.stderr
    for options in (["--smoke"], ["--out", str(tmp_path)]):
        with pytest.raises(SystemExit):
            train_here("--publish", NAMESPACE, *options)
        assert "it goes neither with --out nor with --smoke" in capsys.readouterr().err


def test_the_card_tells_of_exactly_these_weights(staged: list[Repository]) -> None:
    for repository in staged:
        card = (repository.folder / "README.md").read_text()
        metrics = read_json(repository.folder / "metrics.json")
        assert f"value: {metrics['accuracy']}" in card
        assert f"value: {metrics['macro_f1']}" in card
        assert "!!python" not in card
        assert not re.search(r"\bnan\b|\bNone\b(?!, \{)", card)  # the one None is an argument in the example
