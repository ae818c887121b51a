"""Send anything to the endpoints of a running demo, and judge how that ends.

    python -m tests.fuzz.endpoints                 # 1,000 requests to a demo that is started for it
    python -m tests.fuzz.endpoints --requests 50

A request ends well with an answer, or with a message for a person, within 2 s of the server's processor time.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from tqdm import tqdm

from ecg.data.templates import load_templates
from tests.builders import PROJECT, wait_until_answering
from tests.fuzz.mutators import NUMBERS
from tests.fuzz.trial import MOST_SECONDS

REQUESTS = 1000
NAMES = ("classify_beat", "classify_beats", "classify_recording", "sample_beats", "compare_models")
INSIDE = re.compile(r"Traceback|File \\?\"/|object at 0x|root:x:|site-packages")
"""Of the server: no answer may hold it."""
SHORTEST_MESSAGE = 15
"""Characters."""
TEXTS = [*NUMBERS, "", "N", "mV", "II", "\u0000", "\ud800", "é" * 1000, "<script>", "../../etc/passwd", "file:///etc/passwd"]
PATHS = ["/etc/passwd", "../app.py", "file:///etc/passwd", "http://127.0.0.1:1/x.csv", "https://[", "", "x" * 5000, "a\u0000b"]


@dataclass(frozen=True)
class Sent:
    """A request.

    Attributes
    ----------
    path : str
        Where it is sent, below ``/gradio_api/``.
    body : bytes
        What it holds.
    """

    path: str
    body: bytes


@dataclass(frozen=True)
class Ended:
    """How a request ended.

    Attributes
    ----------
    verdict : str
        ``"answered"``, ``"explained"``, or what is wrong: ``"failed"``, ``"no message"``, ``"inside shown"`` or ``"slow"``.
    text : str
        What the server answered.
    """

    verdict: str
    text: str

    @property
    def good(self) -> bool:
        """Whether it ended as it should."""
        return self.verdict in ("answered", "explained")


def requests(seed: int = 0) -> Iterator[Sent]:
    """Make requests without end.

    Parameters
    ----------
    seed : int, optional
        Decides on them.

    Yields
    ------
    Sent
        A request.
    """
    chance = random.Random(seed)
    while True:
        name = chance.choice(NAMES)
        body: Any = {"data": _data(chance, name)}
        path = f"call/{name}"
        if chance.random() < 0.2:
            body = _anything(chance, 3)
        elif chance.random() < 0.2:
            names = ["beat", "beats", "file", "fs", "unit", "lead", "nope"]
            path, body = f"call/v2/{name}", {chance.choice(names): _anything(chance, 3) for _ in range(3)}
        elif chance.random() < 0.1:
            body |= {chance.choice(["session_hash", "fn_index", "event_data", "trigger_id"]): _anything(chance, 1)}
        content = json.dumps(body).encode()
        yield Sent(path, _damaged(chance, content) if chance.random() < 0.2 else content)


def _data(chance: random.Random, name: str) -> list[Any]:
    if name == "classify_recording":
        return [_files(chance), *(_anything(chance, 0) for _ in range(3))]
    beats = [list(chance.choice(load_templates()).beat) for _ in range(chance.randrange(1, 4))]
    for beat in beats:
        for _ in range(chance.randrange(3)):
            beat[chance.randrange(len(beat))] = _anything(chance, 1)
        beat += [_anything(chance, 0)] * chance.choice([0, 0, 1, 2])
    return [beats[0] if name == "classify_beat" else beats] if name.startswith("classify") else [_anything(chance, 1)]


def _files(chance: random.Random) -> Any:
    file = {"path": chance.choice(PATHS), "meta": {"_type": "gradio.FileData"}}
    if chance.random() < 0.5:
        file |= {chance.choice(["url", "orig_name", "size", "is_stream", "meta"]): _anything(chance, 1)}
    return chance.choice([file, [file], [file, file], [[file]], {"value": file}, _anything(chance, 2)])


def _anything(chance: random.Random, depth: int) -> Any:
    kind = chance.randrange(8 if depth else 6)
    if kind == 6:
        return [_anything(chance, depth - 1) for _ in range(chance.randrange(5))]
    if kind == 7:
        return {chance.choice(TEXTS[-8:]): _anything(chance, depth - 1) for _ in range(chance.randrange(3))}
    return [None, True, chance.randrange(-5, 400), 10**400, chance.uniform(-2, 2), chance.choice(TEXTS)][kind]


def _damaged(chance: random.Random, content: bytes) -> bytes:
    at, length = chance.randrange(len(content)), chance.randrange(1, 20)
    return content[:at] + chance.choice([b"", b"[", b"}", b"NaN", b"\xff", b'"', b"1e999", b"\\"]) + content[at + length :]


def send(client: httpx.Client, sent: Sent, pid: int) -> Ended:
    """Send a request, and judge how it ends.

    Parameters
    ----------
    client : httpx.Client
        A client of the demo.
    sent : Sent
        The request.
    pid : int
        Number of the demo's process.

    Returns
    -------
    Ended
        How it ended.
    """
    before = _processor_seconds(pid)
    answer = client.post(f"/gradio_api/{sent.path}", content=sent.body, headers={"Content-Type": "application/json"})
    if answer.is_success and "event_id" in answer.json():
        answer = client.get(f"/gradio_api/{sent.path.replace('v2/', '')}/{answer.json()['event_id']}")
    text = answer.text
    if INSIDE.search(text):
        return Ended("inside shown", text)
    if answer.status_code >= 500:
        return Ended("failed", text)
    if _processor_seconds(pid) - before > MOST_SECONDS:
        return Ended("slow", text)
    if "event: complete" in text:
        return Ended("answered", text)
    return Ended("explained" if len(_message(text)) >= SHORTEST_MESSAGE else "no message", text)


def _message(text: str) -> str:
    try:
        parsed = json.loads(text.rpartition("data: ")[2])
    except ValueError:
        return ""
    message = parsed.get("error", parsed.get("detail")) if isinstance(parsed, dict) else parsed
    return message if isinstance(message, str) else json.dumps(message) if message else ""


def _processor_seconds(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main(arguments: list[str] | None = None) -> None:
    """Send many requests to a demo of its own, and count how they end.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", metavar="N", type=int, default=REQUESTS, help="default: %(default)s")
    options = parser.parse_args(arguments)
    port = 10870 + os.getpid() % 1000
    url, command = f"http://127.0.0.1:{port}", [sys.executable, "app.py", "--port", str(port)]
    client = httpx.Client(base_url=url, timeout=60)
    with client, subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) as demo:
        wait_until_answering(url, demo)
        sending = tqdm(zip(range(options.requests), requests(), strict=False), total=options.requests)
        ended = [(sent, send(client, sent, demo.pid)) for _, sent in sending]
        alive = demo.poll() is None
        demo.terminate()
    print(Counter(one.verdict for _, one in ended))
    bad = [(sent, one) for sent, one in ended if not one.good]
    for sent, one in bad[:20]:
        print(sent.path, sent.body[:300], one.verdict, one.text[:300], file=sys.stderr)
    sys.exit(bool(bad) or not alive)


if __name__ == "__main__":
    main()
