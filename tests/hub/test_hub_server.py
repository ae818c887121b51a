"""The test server is a Hub to the clients that people have: huggingface_hub, Keras and datasets."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import httpx2
import numpy as np
import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, constants
from huggingface_hub.errors import (
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tests.loopback_hub.server import HubServer

MODEL = "someone/model"
CARD = "---\nlibrary_name: keras\ntags: [ecg]\n---\nA model.\n"
WEIGHTS = bytes(range(256)) * 20_000


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A Hub with two users; the clients of this process do without Xet, as with HF_HUB_DISABLE_XET=1 in the environment."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    with HubServer(tokens={"hf_test": "someone", "hf_other": "other"}) as server:
        yield server


def client(server: HubServer, token: str | bool) -> HfApi:
    return HfApi(endpoint=server.url, token=token)


@pytest.fixture
def api(server: HubServer) -> HfApi:
    """The first user's client, which has a model repository."""
    api = client(server, "hf_test")
    api.create_repo(MODEL)
    return api


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to upload: a card, a file in a folder and weights that go to LFS."""
    folder = tmp_path / "upload"
    (folder / "assets").mkdir(parents=True)
    (folder / "README.md").write_text(CARD)
    (folder / "assets" / "classes.json").write_text('["N", "S"]')
    (folder / "model.weights.h5").write_bytes(WEIGHTS)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def run_as_user(server: HubServer, home: Path, code: str) -> str:
    """What a Python process prints that knows the Hub from its environment alone."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment = inherited | {"HF_ENDPOINT": server.url, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    command = [sys.executable, "-c", code]
    finished = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode == 0, finished.stderr[-3000:]
    return finished.stdout


def test_a_tagged_upload_comes_back_as_it_was(server: HubServer, api: HfApi, folder: Path, tmp_path: Path) -> None:
    first = api.upload_folder(repo_id=MODEL, folder_path=folder, commit_message="First")
    api.create_tag(MODEL, tag="v1", revision=first.oid)
    gone = [CommitOperationDelete("assets/"), CommitOperationDelete("README.md")]
    second = api.create_commit(
        MODEL, [CommitOperationAdd("new.txt", b"new"), *gone], commit_message="Second", parent_commit=first.oid
    )
    uploaded = contents(folder)
    for revision in ("v1", first.oid):
        arrived = contents(Path(api.snapshot_download(MODEL, revision=revision, cache_dir=tmp_path / "cache")))
        assert arrived.pop(".gitattributes")
        assert arrived == uploaded
    assert set(server.files("model", MODEL)) == {".gitattributes", "model.weights.h5", "new.txt"}
    assert [commit.title for commit in server.commits("model", MODEL)] == ["initial commit", "First", "Second"]
    assert [commit.commit_id for commit in api.list_repo_commits(MODEL)][:2] == [second.oid, first.oid]
    assert (
        server.tags("model", MODEL)
        == {"v1": first.oid}
        == {tag.name: tag.target_commit for tag in api.list_repo_refs(MODEL).tags}
    )


def test_what_is_stored_is_described(api: HfApi, folder: Path, tmp_path: Path) -> None:
    sha = api.upload_folder(repo_id=MODEL, folder_path=folder).oid
    info = api.model_info(MODEL)
    assert (info.sha, info.private, info.library_name) == (sha, False, "keras")
    assert info.card_data is not None
    assert info.card_data.tags == ["ecg"]
    assert sorted(api.list_repo_files(MODEL)) == [".gitattributes", "README.md", "assets/classes.json", "model.weights.h5"]
    assert [entry.path for entry in api.list_repo_tree(MODEL)] == [".gitattributes", "README.md", "assets", "model.weights.h5"]
    assert [entry.path for entry in api.list_repo_tree(MODEL, "assets")] == ["assets/classes.json"]
    assert [entry.path for entry in api.get_paths_info(MODEL, ["assets", "nothing"])] == ["assets"]
    assert api.resolve_revision(MODEL, revision="main", cache_dir=tmp_path / "cache").resolved == sha


def test_an_unchanged_upload_makes_no_commit(server: HubServer, api: HfApi, folder: Path) -> None:
    first = api.upload_folder(repo_id=MODEL, folder_path=folder)
    assert api.upload_folder(repo_id=MODEL, folder_path=folder).oid == first.oid
    assert len(server.commits("model", MODEL)) == 2
    assert sum(path.endswith("/commit/main") for _, path in server.requests) == 1


def test_a_commit_on_an_old_parent_is_refused(server: HubServer, api: HfApi) -> None:
    parent = server.commits("model", MODEL)[-1].oid
    api.create_commit(MODEL, [CommitOperationAdd("a", b"1")], commit_message="First", parent_commit=parent)
    with pytest.raises(HfHubHTTPError) as refusal:
        api.create_commit(MODEL, [CommitOperationAdd("b", b"2")], commit_message="Late", parent_commit=parent)
    assert refusal.value.response.status_code == 412
    assert "b" not in server.files("model", MODEL)


def test_a_commit_happens_whole_or_not_at_all(server: HubServer, api: HfApi) -> None:
    with pytest.raises(RemoteEntryNotFoundError):
        api.create_commit(MODEL, [CommitOperationAdd("a", b"1"), CommitOperationDelete("nothing")], commit_message="Half")
    assert set(server.files("model", MODEL)) == {".gitattributes"}


def test_existing_names_are_refused(api: HfApi) -> None:
    assert api.create_repo(MODEL, exist_ok=True).repo_id == MODEL
    api.create_tag(MODEL, tag="v1")
    api.create_tag(MODEL, tag="v1", exist_ok=True)
    with pytest.raises(HfHubHTTPError, match="409"):
        api.create_repo(MODEL)
    with pytest.raises(HfHubHTTPError, match="409"):
        api.create_tag(MODEL, tag="v1")
    api.delete_tag(MODEL, tag="v1")
    with pytest.raises(RevisionNotFoundError):
        api.model_info(MODEL, revision="v1")
    api.delete_repo(MODEL)
    with pytest.raises(RepositoryNotFoundError):
        api.delete_repo(MODEL)


def test_tokens_are_checked(server: HubServer, api: HfApi) -> None:
    assert api.whoami()["name"] == "someone"
    wrong, other = client(server, "hf_wrong"), client(server, "hf_other")
    attempts: list[tuple[int, Callable[[], object]]] = [
        (401, wrong.whoami),
        (401, lambda: wrong.create_repo("someone/new")),
        (401, lambda: wrong.model_info(MODEL)),
        (403, lambda: other.create_repo("someone/new")),
        (403, lambda: other.create_tag(MODEL, tag="v1")),
    ]
    for status, attempt in attempts:
        with pytest.raises(HfHubHTTPError) as refusal:
            attempt()
        assert refusal.value.response.status_code == status


def test_a_private_repository_is_seen_by_its_owner_only(server: HubServer, tmp_path: Path) -> None:
    owner = client(server, "hf_test")
    owner.create_repo("someone/secret", repo_type="dataset", private=True)
    assert owner.dataset_info("someone/secret").private
    for token in (False, "hf_other"):
        other = client(server, token)
        with pytest.raises(RepositoryNotFoundError):
            other.dataset_info("someone/secret")
        with pytest.raises(RepositoryNotFoundError):
            other.hf_hub_download("someone/secret", ".gitattributes", repo_type="dataset", cache_dir=tmp_path)


@pytest.mark.parametrize("metadata", ["tags: [unclosed", "- a list", "accuracy: !!python/object/apply:numpy.float32 [1]"])
def test_a_card_with_invalid_metadata_is_refused(api: HfApi, metadata: str) -> None:
    card = CommitOperationAdd("README.md", f"---\n{metadata}\n---\n".encode())
    with pytest.raises(ValueError, match="Invalid metadata in README.md"):
        api.create_commit(MODEL, [card], commit_message="Card")


def test_large_files_go_to_lfs(server: HubServer, api: HfApi, folder: Path) -> None:
    api.upload_folder(repo_id=MODEL, folder_path=folder)
    assert [method for method, path in server.requests if path.startswith("/storage/")] == ["PUT", "POST"]
    large = [entry.path for entry in api.list_repo_tree(MODEL, recursive=True) if getattr(entry, "lfs", None)]
    assert large == ["model.weights.h5"]


def test_without_lfs_xet_stays_idle(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))  # where Xet writes its log
    with HubServer(tokens={"hf_test": "someone"}, lfs=False) as server:
        api = client(server, "hf_test")
        api.create_repo(MODEL)
        api.upload_folder(repo_id=MODEL, folder_path=folder)
        assert server.files("model", MODEL)["model.weights.h5"] == WEIGHTS
        assert not any("xet" in path or "lfs" in path for _, path in server.requests)


def test_a_cut_download_goes_on_where_it_stopped(server: HubServer, api: HfApi, folder: Path, tmp_path: Path) -> None:
    api.upload_folder(repo_id=MODEL, folder_path=folder)
    server.cut("/resolve/.*h5", after=2_000_000)
    path = api.hf_hub_download(MODEL, "model.weights.h5", cache_dir=tmp_path)
    assert Path(path).read_bytes() == WEIGHTS
    assert [method for method, path in server.requests if "/resolve/" in path] == ["HEAD", "GET", "GET"]
    rest = httpx.get(f"{server.url}/{MODEL}/resolve/main/model.weights.h5", headers={"Range": "bytes=2000000-"})
    assert (rest.status_code, rest.content) == (206, WEIGHTS[2_000_000:])


def test_a_cut_upload_stores_nothing(server: HubServer, api: HfApi) -> None:
    server.cut("/commit/", after=10)
    with pytest.raises(httpx2.TransportError):
        api.create_commit(MODEL, [CommitOperationAdd("a", b"1" * 500_000)], commit_message="Cut")
    assert len(server.commits("model", MODEL)) == 1


def test_an_error_is_answered_as_often_as_wanted(server: HubServer, api: HfApi) -> None:
    server.fail("GET", f"/api/models/{MODEL}", 500, times=2)
    for _ in range(2):
        with pytest.raises(HfHubHTTPError, match="500"):
            api.model_info(MODEL)
    assert api.model_info(MODEL).id == MODEL


def test_a_damaged_file_looks_whole(server: HubServer, api: HfApi, tmp_path: Path) -> None:
    api.upload_file(repo_id=MODEL, path_in_repo="model.weights.h5", path_or_fileobj=WEIGHTS)
    sound = api.get_paths_info(MODEL, ["model.weights.h5"])
    server.tamper("model", MODEL, "model.weights.h5", WEIGHTS[::-1])
    assert api.get_paths_info(MODEL, ["model.weights.h5"]) == sound
    assert Path(api.hf_hub_download(MODEL, "model.weights.h5", cache_dir=tmp_path)).read_bytes() == WEIGHTS[::-1]


def test_a_hub_that_is_down_comes_back(server: HubServer, api: HfApi, tmp_path: Path) -> None:
    server.stop()
    with pytest.raises(httpx2.ConnectError):
        api.model_info(MODEL)
    with pytest.raises(LocalEntryNotFoundError):
        api.snapshot_download(MODEL, cache_dir=tmp_path)
    server.start()
    assert api.model_info(MODEL).id == MODEL


def test_collections(server: HubServer, api: HfApi) -> None:
    slug = api.create_collection("ECG beats", namespace="someone").slug
    assert api.create_collection("ECG beats", exists_ok=True).slug == slug
    api.add_collection_item(slug, MODEL, "model", note="The best one")
    assert len(api.add_collection_item(slug, MODEL, "model", exists_ok=True).items) == 1
    with pytest.raises(HfHubHTTPError, match="409"):
        api.add_collection_item(slug, MODEL, "model")
    (item,) = api.get_collection(slug).items
    assert (item.item_id, item.note) == (MODEL, "The best one")
    assert list(server.collections) == [slug]


def test_keras_loads_a_model_by_its_address(server: HubServer, api: HfApi, tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
    keras.saving.save_model(model, tmp_path / "keras", zipped=False)
    api.upload_folder(repo_id=MODEL, folder_path=tmp_path / "keras")
    code = f"import keras, numpy; print(keras.saving.load_model('hf://{MODEL}')(numpy.ones((1, 4))).numpy().tolist())"
    answer = json.loads(run_as_user(server, tmp_path, code).splitlines()[-1])
    np.testing.assert_allclose(answer, model(np.ones((1, 4))).numpy(), rtol=1e-6)


def test_datasets_loads_a_dataset_by_its_name(server: HubServer, api: HfApi, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    features = datasets.Features(
        {"label": datasets.ClassLabel(names=["N", "S"]), "signal": datasets.List(datasets.Value("float32"))}
    )
    data = datasets.Dataset.from_dict({"label": [0, 1], "signal": [[0.0], [1.0]]}, features=features)
    data.to_parquet(tmp_path / "upload" / "data" / "train-00000-of-00001.parquet")
    configs = "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train-*\n"
    (tmp_path / "upload" / "README.md").write_text(f"---\n{configs}---\n")
    api.create_repo("someone/data", repo_type="dataset")
    api.upload_folder(repo_id="someone/data", folder_path=tmp_path / "upload", repo_type="dataset")
    code = (
        "import json, datasets; data = datasets.load_dataset('someone/data', split='train'); "
        "print(json.dumps([data.features['label'].names, data['label'][:], data['signal'][:]]))"
    )
    assert json.loads(run_as_user(server, tmp_path, code).splitlines()[-1]) == [["N", "S"], [0, 1], [[0.0], [1.0]]]
