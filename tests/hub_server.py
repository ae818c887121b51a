"""A Hugging Face Hub on loopback, in memory, that fails when a test wants it to.

huggingface_hub, Keras's ``hf://`` and datasets talk to it unpatched: through ``HfApi(endpoint=server.url)``, or through the
environment variable ``HF_ENDPOINT`` of a process that has not imported huggingface_hub yet. It has no branches but main, no
organizations, no pull requests and no Xet: with ``lfs=True`` a client needs ``HF_HUB_DISABLE_XET=1``.
"""

import base64
import hashlib
import json
import re
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from typing import Any, Self
from urllib.parse import parse_qs, unquote

import yaml

LFS_SUFFIXES = (".h5", ".onnx", ".parquet")
LFS_THRESHOLD = 1_000_000
"""Files of this many bytes go to LFS whatever they are called."""


def now() -> str:
    """Present time as the Hub writes it; the clients read no other format."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def git_oid(content: bytes) -> str:
    """Name that git gives to a file."""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


class HubError(Exception):
    """A refusal, in the headers by which the clients tell one from another."""

    def __init__(self, status: int, message: str, code: str = "", commit: str = "", **content: str) -> None:
        super().__init__(message)
        headers = {"X-Error-Message": message, "X-Error-Code": code, "X-Repo-Commit": commit}
        self.answer = Answer({"error": message, **content}, status, {name: value for name, value in headers.items() if value})


class Answer:
    """What is sent back: bytes, or what becomes JSON."""

    def __init__(self, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.content = content if isinstance(content, bytes) else json.dumps(content, default=str).encode()
        self.status, self.headers = status, headers or {}


class Blob:
    """A stored file: its bytes, and the size and names they had when they came, which `HubServer.tamper` does not touch."""

    def __init__(self, content: bytes, lfs: bool = False) -> None:
        self.content = content
        sha256 = hashlib.sha256(content).hexdigest()
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len(content)}\n".encode()
        self.entry: dict[str, Any] = {"type": "file", "oid": git_oid(pointer if lfs else content), "size": len(content)}
        if lfs:
            self.entry["lfs"] = {"oid": sha256, "size": len(content), "pointerSize": len(pointer)}
        self.etag: str = sha256 if lfs else self.entry["oid"]


@dataclass
class Commit:
    """A state of a repository, and how it came about."""

    files: dict[str, Blob]
    title: str
    description: str = ""
    parent: str | None = None
    date: str = field(default_factory=now)
    oid: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the commit by what is in it."""
        tree = {path: blob.etag for path, blob in self.files.items()}
        self.oid = git_oid(json.dumps([tree, self.title, self.description, self.parent, self.date]).encode())

    def entries(self) -> dict[str, dict[str, Any]]:
        """What is found under each path, folders included."""
        found = {}
        for path, blob in sorted(self.files.items()):
            for folder in map(str, PurePosixPath(path).parents[-2::-1]):  # the outermost, ".", is none
                oid = git_oid(f"{self.oid}/{folder}".encode())
                found[folder] = {"type": "directory", "oid": oid, "size": 0, "path": folder}
            found[path] = {**blob.entry, "path": path}
        return found


@dataclass
class Repo:
    """A repository: its commits, oldest first, and the oids of the commits that are tagged."""

    kind: str
    name: str
    private: bool
    commits: list[Commit]
    tags: dict[str, str] = field(default_factory=dict)

    def at(self, revision: str) -> Commit:
        """Commit that a branch, a tag or an oid means."""
        oid = self.commits[-1].oid if revision == "main" else self.tags.get(revision, revision)
        for commit in self.commits:
            if commit.oid == oid:
                return commit
        raise HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")


@dataclass
class Fault:
    """What is to go wrong with the next requests: an error status, or a connection that closes after some bytes."""

    method: str
    pattern: str
    times: int
    status: int | None = None
    after: int | None = None


@dataclass
class Call:
    """A request: whose it is, what its path names, and what came with it."""

    hub: "HubServer"
    user: str | None
    parts: dict[str, str]
    query: dict[str, list[str]]
    headers: Message
    body: bytes

    def json(self) -> Any:
        """Body of the request."""
        return json.loads(self.body)

    def owner(self, namespace: str | None = None) -> str:
        """User who calls, if the namespace is theirs; without a namespace, any user."""
        if self.user is None:
            raise HubError(401, "Invalid username or password.")
        if namespace not in (None, self.user):
            raise HubError(403, f"You don't have the rights to write to {namespace}'s namespace")
        return self.user

    def repo(self, write: bool = False) -> Repo:
        """Repository that the path names, if the user may see it, or write to it."""
        kind, name = self.parts.get("kind", "model"), self.parts["repo"]
        repo, namespace = self.hub.repos.get((kind, name)), name.split("/")[0]
        if repo is None or (repo.private and self.user != namespace):
            raise HubError(404 if self.user else 401, "Repository not found", "RepoNotFound")
        if write:
            self.owner(namespace)
        return repo

    def commit(self) -> Commit:
        """Commit that the path names."""
        return self.repo().at(self.parts["revision"])

    def requested_repo(self) -> tuple[str, str]:
        """Type and name of the repository that the body asks to create or delete."""
        wanted = self.json()
        return wanted.get("type", "model"), f"{self.owner(wanted['organization'])}/{wanted['name']}"

    def collection(self) -> dict[str, Any]:
        """Collection that the path names, if the user may see it."""
        collection = self.hub.collections.get(self.parts["slug"])
        if collection is None or (collection["private"] and self.user != collection["owner"]["name"]):
            raise HubError(404, "Collection not found")
        return collection


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


class Listener(ThreadingHTTPServer):
    """The socket of a `HubServer`."""

    request_queue_size = 64  # snapshot_download comes with eight connections at once

    def __init__(self, hub: "HubServer", port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.hub = hub

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report errors of the server; a client that goes away is none."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Reads requests and writes answers. It speaks HTTP/1.0, so no connection outlives its answer, nor `HubServer.stop`."""

    server: Listener

    def do_GET(self) -> None:
        """Answer a request, or do what a fault says."""
        path, _, query = self.path.partition("?")
        fault = self.server.hub.note(self.command, unquote(path))
        length, after = int(self.headers.get("Content-Length", 0)), fault.after if fault else None
        if after is not None and length:
            self.rfile.read(min(after, length))
            return
        body = self.rfile.read(length)
        if fault and fault.status:
            answer = HubError(fault.status, "A test wants this to fail.").answer
        else:
            answer = self.server.hub.answer(self.command, path, parse_qs(query), self.headers, body)
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Length": str(len(answer.content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.content[:after])

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class HubServer:
    """A Hub on loopback.

    Parameters
    ----------
    tokens : dict of str to str
        The user to whom each token belongs. A user's repositories are those whose name begins with theirs.
    lfs : bool, default True
        Whether large and binary files go through LFS, as on the real Hub. Otherwise they come with the commit, and a
        client that has hf_xet installed needs not be told to do without.

    Attributes
    ----------
    url : str
        Address of the running server; it keeps it when it is stopped and started again.
    requests : list of tuple of str and str
        Method and unquoted path of each request, those that failed included.
    repos : dict of tuple of str and str to Repo
        Repositories by type (`model`, `dataset` or `space`) and name.
    collections : dict of str to dict
        Collections by slug, as the clients get them.
    """

    def __init__(self, tokens: dict[str, str], lfs: bool = True) -> None:
        self.tokens, self.lfs, self.url = tokens, lfs, ""
        self.requests: list[tuple[str, str]] = []
        self.repos: dict[tuple[str, str], Repo] = {}
        self.collections: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, bytes] = {}
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._port = 0

    def start(self) -> None:
        """Serve, at the same address as before if it was stopped."""
        self._listener = Listener(self, self._port)
        self._port = self._listener.server_port
        self.url = f"http://127.0.0.1:{self._port}"
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections, and keep what is stored."""
        self._listener.shutdown()
        self._listener.server_close()

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop the server."""
        self.stop()

    def fail(self, method: str, pattern: str, status: int, times: int = 1) -> None:
        """Answer the next requests whose unquoted path contains a pattern (a regular expression) with an error status."""
        with self._lock:
            self._faults.append(Fault(method, pattern, times, status=status))

    def cut(self, pattern: str, after: int, times: int = 1) -> None:
        """Close the connections of the next requests whose unquoted path contains a pattern, after some bytes of the content.

        A download gets all headers, Content-Length among them, and the beginning of the content; an upload is read up to
        there, and not stored.
        """
        with self._lock:
            self._faults.append(Fault("GET|POST|PUT|DELETE", pattern, times, after=after))

    def forgive(self) -> None:
        """Forget the faults that have not come about yet."""
        with self._lock:
            self._faults.clear()

    def tamper(self, repo_type: str, repo_id: str, path: str, content: bytes) -> None:
        """Damage a file of the newest commit, so that other bytes arrive under its name, commit, ETag and sha256."""
        with self._lock:
            self.repos[repo_type, repo_id].commits[-1].files[path].content = content

    def files(self, repo_type: str, repo_id: str, revision: str = "main") -> dict[str, bytes]:
        """Content of the files of a repository, by path."""
        with self._lock:
            return {path: blob.content for path, blob in self.repos[repo_type, repo_id].at(revision).files.items()}

    def commits(self, repo_type: str, repo_id: str) -> list[Commit]:
        """Commits of a repository, oldest first; the first is the Hub's own."""
        with self._lock:
            return list(self.repos[repo_type, repo_id].commits)

    def tags(self, repo_type: str, repo_id: str) -> dict[str, str]:
        """Oids of the tagged commits of a repository, by tag."""
        with self._lock:
            return dict(self.repos[repo_type, repo_id].tags)

    def page(self, repo_type: str, repo_id: str) -> str:
        """Address of a repository's page."""
        return f"{self.url}/{repo_id}" if repo_type == "model" else f"{self.url}/{repo_type}s/{repo_id}"

    def note(self, method: str, path: str) -> Fault | None:
        """Log a request, and take the fault that is meant for it."""
        with self._lock:
            self.requests.append((method, path))
            for fault in self._faults:
                if fault.times and re.fullmatch(fault.method, method) and re.search(fault.pattern, path):
                    fault.times -= 1
                    return fault
        return None

    def answer(self, method: str, path: str, query: dict[str, list[str]], headers: Message, body: bytes) -> Answer:
        """Find out who calls, and let the first route that fits answer."""
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if token and token not in self.tokens:
            return HubError(401, "Invalid credentials in Authorization header").answer
        for verb, pattern, handle in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and verb == method.replace("HEAD", "GET"):
                parts = {name: unquote(part) for name, part in found.groupdict().items() if part is not None}
                try:
                    with self._lock:
                        return handle(Call(self, self.tokens.get(token), parts, query, headers, body))
                except HubError as error:
                    return error.answer
        return HubError(404, "Sorry, we can't find the page you are looking for.").answer
