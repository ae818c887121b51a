"""The endpoints of the Hub on loopback: what each request does, as the clients of huggingface_hub expect it."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import yaml

from tests.loopback_hub.store import LFS_SUFFIXES, LFS_THRESHOLD, Answer, Blob, Call, Commit, HubError, Repo, git_oid, now


def front_matter(readme: str) -> dict[str, Any]:
    """Metadata at the top of a card; ValueError if they are no mapping."""
    block = re.match(r"\s*---\r?\n(.*?)\r?\n---[ \t]*(\r?\n|$)", readme, re.DOTALL)
    try:
        metadata = yaml.safe_load(block[1]) if block else {}
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    if not isinstance(metadata, dict):
        raise ValueError("The metadata should be a mapping.")
    return metadata


def whoami(call: Call) -> Answer:
    return Answer({"type": "user", "name": call.owner(), "orgs": [], "auth": {"type": "access_token"}})


def create_repo(call: Call) -> Answer:
    kind, name = call.requested_repo()
    url = call.hub.page(kind, name)
    if (kind, name) in call.hub.repos:
        raise HubError(409, "You already created this repository", url=url)
    initial = Commit({".gitattributes": Blob(b"*.h5 filter=lfs diff=lfs merge=lfs -text\n")}, "initial commit")
    call.hub.repos[kind, name] = Repo(kind, name, call.json().get("visibility") == "private", [initial])
    return Answer({"url": url})


def delete_repo(call: Call) -> Answer:
    if call.hub.repos.pop(call.requested_repo(), None) is None:
        raise HubError(404, "Repository not found", "RepoNotFound")
    return Answer({})


def validate_yaml(call: Call) -> Answer:
    try:
        metadata = front_matter(call.json()["content"])
    except ValueError as error:
        return Answer({"errors": [{"message": str(error)}], "warnings": []}, 400)
    warnings = [] if metadata else [{"message": "empty or missing yaml metadata in repo card"}]
    return Answer({"errors": [], "warnings": warnings})


def repo_info(call: Call) -> Answer:
    repo, card = call.repo(), {}
    commit = repo.at(call.parts.get("revision", "main"))
    if "README.md" in commit.files:
        with suppress(ValueError):
            card = front_matter(commit.files["README.md"].content.decode(errors="replace"))
    info = {
        "id": repo.name,
        "sha": commit.oid,
        "lastModified": commit.date,
        "private": repo.private,
        "gated": False,
        "siblings": [{"rfilename": path} for path in sorted(commit.files)],
        "cardData": card,
    }
    return Answer(info | {key: card[key] for key in ("library_name", "model-index", "pipeline_tag", "tags") if key in card})


def tree(call: Call) -> Answer:
    commit, folder = call.commit(), call.parts.get("path", "")
    entries = commit.entries()
    if folder and entries.get(folder, {}).get("type") != "directory":
        raise HubError(404, f"{folder} does not exist", "EntryNotFound", commit.oid)
    below = {path: path.removeprefix(f"{folder}/") for path in entries if not folder or path.startswith(f"{folder}/")}
    recursive = call.query.get("recursive") == ["true"]
    return Answer([entries[path] for path, rest in below.items() if recursive or "/" not in rest])


def paths_info(call: Call) -> Answer:
    entries, paths = call.commit().entries(), parse_qs(call.body.decode())["paths"]
    return Answer([entries[path] for path in paths if path in entries])


def refs(call: Call) -> Answer:
    repo = call.repo()
    tags = [{"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": oid} for tag, oid in repo.tags.items()]
    main = {"name": "main", "ref": "refs/heads/main", "targetCommit": repo.commits[-1].oid}
    return Answer({"branches": [main], "tags": tags, "converts": []})


def commits(call: Call) -> Answer:
    repo, commit = call.repo(), call.commit()
    history = repo.commits[repo.commits.index(commit) :: -1]
    authors = [{"user": repo.name.split("/")[0]}]
    keys = ("id", "title", "message", "date", "authors")
    return Answer([dict(zip(keys, (c.oid, c.title, c.description, c.date, authors), strict=True)) for c in history])


def resolve(call: Call) -> Answer:
    commit, path = call.commit(), call.parts["path"]
    if path not in commit.files:
        raise HubError(404, "Entry not found", "EntryNotFound", commit.oid)
    blob = commit.files[path]
    headers = {"ETag": f'"{blob.etag}"', "X-Repo-Commit": commit.oid, "Accept-Ranges": "bytes"}
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", call.headers.get("Range", ""))
    if not wanted:
        return Answer(blob.content, 200, headers)
    start, size = int(wanted[1]), len(blob.content)
    end = min(int(wanted[2] or size), size - 1)
    return Answer(blob.content[start : end + 1], 206, headers | {"Content-Range": f"bytes {start}-{end}/{size}"})


def preupload(call: Call) -> Answer:
    stored = call.repo(write=True).at(call.parts["revision"]).files
    answers = []
    for file in call.json()["files"]:
        large = call.hub.lfs and (file["size"] >= LFS_THRESHOLD or file["path"].endswith(LFS_SUFFIXES))
        answer = {"path": file["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False}
        answers.append(answer | ({"oid": stored[file["path"]].etag} if file["path"] in stored else {}))
    return Answer({"files": answers})


def lfs_batch(call: Call) -> Answer:
    call.repo(write=True)
    answers = []
    for wanted in call.json()["objects"]:
        href = f"{call.hub.url}/storage/{wanted['oid']}"
        actions = {"actions": {"upload": {"href": href}, "verify": {"href": f"{href}/verify"}}}
        answers.append({"oid": wanted["oid"], "size": wanted["size"]} | ({} if wanted["oid"] in call.hub.objects else actions))
    return Answer({"transfer": "basic", "objects": answers})


def lfs_put(call: Call) -> Answer:
    if hashlib.sha256(call.body).hexdigest() != call.parts["oid"]:
        raise HubError(400, "These are not the bytes that were announced.")
    call.hub.objects[call.parts["oid"]] = call.body
    return Answer({})


def lfs_verify(call: Call) -> Answer:
    if len(call.hub.objects.get(call.parts["oid"], b"")) != call.json()["size"]:
        raise HubError(404, "Object not found")
    return Answer({})


def create_commit(call: Call) -> Answer:
    repo = call.repo(write=True)
    head = repo.commits[-1]
    if call.parts["revision"] != "main":
        raise HubError(404, f"Invalid rev id: {call.parts['revision']}", "RevisionNotFound")
    header, *operations = (json.loads(line) for line in call.body.splitlines())
    if not head.oid.startswith(header["value"].get("parentCommit", "")):
        raise HubError(412, "A commit has happened since. Please refresh and try again.")
    files = dict(head.files)
    for operation in operations:
        apply(operation["key"], operation["value"], files, call.hub.objects)
    repo.commits.append(Commit(files, header["value"]["summary"], header["value"]["description"], head.oid))
    oid = repo.commits[-1].oid
    return Answer({"success": True, "commitOid": oid, "commitUrl": f"{call.hub.page(repo.kind, repo.name)}/commit/{oid}"})


def apply(key: str, value: dict[str, str], files: dict[str, Blob], objects: dict[str, bytes]) -> None:
    """Carry out one operation of a commit on its files."""
    path = value["path"]
    if key == "file":
        files[path] = Blob(base64.b64decode(value["content"]))
    elif key == "lfsFile":
        if value["oid"] not in objects:
            raise HubError(400, f"The LFS object of {path} was not uploaded.")
        files[path] = Blob(objects[value["oid"]], lfs=True)
    else:
        folder = f"{path.rstrip('/')}/"
        doomed = [file for file in files if file == path or (key == "deletedFolder" and file.startswith(folder))]
        if not doomed:
            raise HubError(404, "A file with this name doesn't exist", "EntryNotFound")
        for file in doomed:
            del files[file]


def create_tag(call: Call) -> Answer:
    repo, tag = call.repo(write=True), call.json()["tag"]
    oid = repo.at(call.parts["revision"]).oid
    if tag in repo.tags:
        raise HubError(409, f"Tag {tag} already exists")
    repo.tags[tag] = oid
    return Answer({})


def delete_tag(call: Call) -> Answer:
    tag = call.parts["revision"]
    if call.repo(write=True).tags.pop(tag, None) is None:
        raise HubError(404, f"Invalid rev id: {tag}", "RevisionNotFound")
    return Answer({})


def create_collection(call: Call) -> Answer:
    wanted = call.json()
    title, user = wanted["title"], call.owner(wanted["namespace"])
    slug = f"{user}/{re.sub(r'[^a-z0-9]+', '-', title.lower())}-{git_oid(title.encode())[:24]}"
    if slug in call.hub.collections:
        raise HubError(409, "Collection already exists", slug=slug)
    fixed = {"position": 0, "theme": "green", "upvotes": 0, "lastUpdated": now()}
    call.hub.collections[slug] = {**wanted, **fixed, "slug": slug, "owner": {"name": user}, "items": []}
    return Answer(call.hub.collections[slug])


def get_collection(call: Call) -> Answer:
    return Answer(call.collection())


def add_collection_item(call: Call) -> Answer:
    collection, item, note = call.collection(), call.json()["item"], call.json().get("note")
    call.owner(collection["owner"]["name"])
    if (item["type"], item["id"]) not in call.hub.repos:
        raise HubError(404, "Repository not found", "RepoNotFound")
    if any((one["type"], one["id"]) == (item["type"], item["id"]) for one in collection["items"]):
        raise HubError(409, "This item is in the collection already")
    position = len(collection["items"])
    collection["items"].append({**item, "_id": f"{position:024x}", "position": position, "note": {"text": note}})
    return Answer(collection)


REPO = r"/api/(?P<kind>model|dataset|space)s/(?P<repo>[^/]+/[^/]+)"
PAGE = r"/(?:(?P<kind>dataset|space)s/)?(?P<repo>[^/]+/[^/]+)"
REVISION = r"/(?P<revision>[^/]+)"
ROUTES: list[tuple[str, str, Callable[[Call], Answer]]] = [
    ("GET", "/api/whoami-v2", whoami),
    ("POST", "/api/repos/create", create_repo),
    ("DELETE", "/api/repos/delete", delete_repo),
    ("POST", "/api/validate-yaml", validate_yaml),
    ("GET", rf"{REPO}(?:/revision{REVISION})?", repo_info),
    ("GET", rf"{REPO}/tree{REVISION}(?:/(?P<path>.+))?", tree),
    ("POST", rf"{REPO}/paths-info{REVISION}", paths_info),
    ("GET", rf"{REPO}/refs", refs),
    ("GET", rf"{REPO}/commits{REVISION}", commits),
    ("GET", rf"{PAGE}/resolve{REVISION}/(?P<path>.+)", resolve),
    ("POST", rf"{REPO}/preupload{REVISION}", preupload),
    ("POST", rf"{PAGE}\.git/info/lfs/objects/batch", lfs_batch),
    ("PUT", "/storage/(?P<oid>[^/]+)", lfs_put),
    ("POST", "/storage/(?P<oid>[^/]+)/verify", lfs_verify),
    ("POST", rf"{REPO}/commit{REVISION}", create_commit),
    ("POST", rf"{REPO}/tag{REVISION}", create_tag),
    ("DELETE", rf"{REPO}/tag{REVISION}", delete_tag),
    ("POST", "/api/collections", create_collection),
    ("GET", "/api/collections/(?P<slug>[^/]+/[^/]+)", get_collection),
    ("POST", "/api/collections/(?P<slug>[^/]+/[^/]+)/items", add_collection_item),
]
