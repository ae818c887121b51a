"""A Hugging Face Hub on loopback, in memory, that fails when a test wants it to.

huggingface_hub, Keras's ``hf://`` and datasets talk to it unpatched: through ``HfApi(endpoint=server.url)``, or through the
environment variable ``HF_ENDPOINT`` of a process that has not imported huggingface_hub yet. It has no branches but main, no
organizations, no pull requests and no Xet: with ``lfs=True`` a client needs ``HF_HUB_DISABLE_XET=1``.
"""

import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote

from tests.loopback_hub.routes import ROUTES
from tests.loopback_hub.store import Answer, Call, Commit, HubError, Repo


@dataclass
class Fault:
    """What is to go wrong with the next requests."""

    method: str
    pattern: str
    times: int
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    after: int | None = None
    silence: float = 0
    trickle: float = 0
    change: Callable[[bytes], bytes] = bytes


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
        if fault and self.server.hub.stopped.wait(fault.silence):
            return
        if fault and fault.status:
            answer = HubError(fault.status, "A test wants this to fail.").answer
            answer.headers.update(fault.headers)
        else:
            answer = self.server.hub.answer(self.command, path, parse_qs(query), self.headers, body)
        content = fault.change(answer.content) if fault else answer.content
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.send_content(content[:after], fault.trickle if fault else 0)

    def send_content(self, content: bytes, trickle: float) -> None:
        """Send the content at once, or byte for byte with some seconds between them."""
        if not trickle:
            self.wfile.write(content)
            return
        for byte in content:
            self.wfile.write(bytes([byte]))
            if self.server.hub.stopped.wait(trickle):
                return

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
        self.stopped = threading.Event()
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._port = 0

    def start(self) -> None:
        """Serve, at the same address as before if it was stopped."""
        self.stopped.clear()
        self._listener = Listener(self, self._port)
        self._port = self._listener.server_port
        self.url = f"http://127.0.0.1:{self._port}"
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections, break off slow answers, and keep what is stored."""
        self.stopped.set()
        self._listener.shutdown()
        self._listener.server_close()

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop the server."""
        self.stop()

    def fail(self, method: str, pattern: str, status: int, times: int = 1, **headers: str) -> None:
        """Answer the next requests whose unquoted path contains a pattern (a regular expression) with an error status."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with self._lock:
            self._faults.append(Fault(method, pattern, times, status=status, headers=named))

    def cut(self, pattern: str, after: int, times: int = 1) -> None:
        """Close the connections of the next requests whose unquoted path contains a pattern, after some bytes of the content.

        A download gets all headers, Content-Length among them, and the beginning of the content; an upload is read up to
        there, and not stored.
        """
        with self._lock:
            self._faults.append(Fault("GET|POST|PUT|DELETE", pattern, times, after=after))

    def delay(self, pattern: str, silence: float = 0, trickle: float = 0, times: int = 1) -> None:
        """Be silent for some seconds before the next answers to requests like these, or let some pass after every byte."""
        with self._lock:
            self._faults.append(Fault(".*", pattern, times, silence=silence, trickle=trickle))

    def distort(self, pattern: str, change: Callable[[bytes], bytes], times: int = 1) -> None:
        """Change the content of the next answers to GET requests like these, as a proxy might."""
        with self._lock:
            self._faults.append(Fault("GET", pattern, times, change=change))

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
