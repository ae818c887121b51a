"""What the Hub on loopback keeps, repositories of commits of files, and how a request finds its way to them."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.loopback_hub.server import HubServer

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
