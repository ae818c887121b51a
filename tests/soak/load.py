"""Load: many clients ask everything of the demo at once, and compare each answer with that given to a single client."""

import asyncio
import json
import math
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx
import numpy as np

from ecg.data.templates import load_templates
from ecg.io.sample_recording import read_excerpt
from tests.builders import PROJECT, wait_until_answering
from tests.soak.finding import Finding

CLIENTS = 64
SECONDS = 300
WARM_UP = 0.2
"""Share of the time after which the memory of the server may hardly grow any more: a minute of five."""
MOST_GROWTH = 0.05
SHARES = {
    "classify_beat": 50,
    "classify_beats": 10,
    "sample_beats": 10,
    "compare_models": 10,
    "recording": 2,
    "page": 5,
    "health": 13,
}
"""What the clients ask for, and how often, in percent."""
BUSY = (429, 503)
"""Statuses of a polite refusal."""
Answer = Any


class BusyError(Exception):
    """The server has asked to try again later."""


@dataclass
class Load:
    """What became of many requests.

    Attributes
    ----------
    right, busy, failed : Counter of str
        How many requests of each kind were answered as a single client's, politely refused, or neither.
    faults : list of str
        What the first of those that failed were told.
    memory : list of float
        Memory of the server in MB, once a second.
    """

    right: Counter[str] = field(default_factory=Counter)
    busy: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Share by which the memory has grown since it was warm: the median of the last tenth to that after the warm-up."""
        tenth, warm = max(len(self.memory) // 10, 1), int(WARM_UP * len(self.memory))
        return float(np.median(self.memory[-tenth:]) / np.median(self.memory[warm : warm + tenth]) - 1)


class Client:
    """A program that uses the demo.

    Parameters
    ----------
    url : str
        Address of the demo.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=120)
        self._beats = [list(template.beat) for template in load_templates()]
        self._recording = _recording_csv()

    async def close(self) -> None:
        """End its connections."""
        await self._http.aclose()

    async def ask(self, kind: str, number: int) -> Answer:
        """Ask for something, and wait for the answer.

        Parameters
        ----------
        kind : str
            A key of `SHARES`.
        number : int
            Decides on the beat, where beats are asked about.

        Returns
        -------
        any
            The answer.

        Raises
        ------
        BusyError
            If the server asks to try again later.
        ValueError
            If it gives an error for an answer.
        """
        return await self._askers[kind](self, number % len(self._beats))

    async def _classify_beat(self, number: int) -> Answer:
        return await self._call("classify_beat", [self._beats[number]])

    async def _classify_beats(self, number: int) -> Answer:
        return await self._call("classify_beats", [self._beats[number:]])

    async def _sample_beats(self, number: int) -> Answer:
        return await self._call("sample_beats", [])

    async def _compare_models(self, number: int) -> Answer:
        return await self._call("compare_models", [])

    async def _classify_recording(self, number: int) -> Answer:
        uploaded = await self._post("upload", files={"files": ("mine.csv", self._recording)})
        file = {"path": uploaded[0], "meta": {"_type": "gradio.FileData"}}
        summary, beats = await self._call("classify_recording", [[file], 360, None, None])
        return [summary, (await self._get(beats["url"])).text]

    async def _page(self, number: int) -> Answer:
        return (await self._get("/")).text

    async def _health(self, number: int) -> Answer:
        return (await self._get("/health")).json()

    async def _call(self, name: str, data: list[Any]) -> Answer:
        event = (await self._post(f"call/{name}", json={"data": data}))["event_id"]
        said = (await self._get(f"/gradio_api/call/{name}/{event}")).text
        lines = dict(line.split(": ", 1) for line in said.strip().splitlines()[-2:])
        if lines["event"] != "complete":
            raise ValueError(said[-300:])
        answer = json.loads(lines["data"])
        return answer[0] if len(answer) == 1 else answer

    async def _post(self, path: str, **content: Any) -> Any:
        return _accepted(await self._http.post(f"/gradio_api/{path}", **content)).json()

    async def _get(self, path: str) -> httpx.Response:
        return _accepted(await self._http.get(path))

    _askers: ClassVar[dict[str, Callable[["Client", int], Awaitable[Answer]]]] = {
        "classify_beat": _classify_beat,
        "classify_beats": _classify_beats,
        "sample_beats": _sample_beats,
        "compare_models": _compare_models,
        "recording": _classify_recording,
        "page": _page,
        "health": _health,
    }


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.status_code in BUSY:
        raise BusyError(answer.text)
    return answer.raise_for_status()


def _recording_csv() -> bytes:
    """Write the five minutes that come with the demo as a person's own file."""
    return ("MLII\n" + "\n".join(f"{value:.3f}" for value in read_excerpt().signal)).encode()


def same(one: Answer, other: Answer) -> bool:
    """Tell whether two answers are the same.

    Parameters
    ----------
    one, other : any
        The answers.

    Returns
    -------
    bool
        Whether they are, but for what ONNX Runtime rounds otherwise when beats are read together: numbers may differ by 1e-5.
    """
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, abs_tol=1e-5)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


async def load(url: str, pid: int, seconds: float, clients: int) -> Load:
    """Let many clients ask everything of the demo at once.

    Parameters
    ----------
    url : str
        Address of the demo.
    pid : int
        Number of its process.
    seconds : float
        How long they go on.
    clients : int
        How many there are.

    Returns
    -------
    Load
        What became of their requests.
    """
    client, found = Client(url), Load()
    expected = {(kind, number): await client.ask(kind, number) for kind in SHARES for number in _numbers(kind)}
    end = time.monotonic() + seconds

    async def ask_on(seed: int) -> None:
        chance, own = random.Random(seed), Client(url)
        while time.monotonic() < end:
            (kind,) = chance.choices(list(SHARES), list(SHARES.values()))
            await _ask(own, kind, chance.choice(_numbers(kind)), expected, found)
        await own.close()

    async def watch() -> None:
        while time.monotonic() < end:
            found.memory.append(_megabytes(pid))
            await asyncio.sleep(1)

    await asyncio.gather(watch(), *map(ask_on, range(clients)))
    await client.close()
    return found


async def _ask(client: Client, kind: str, number: int, expected: dict[tuple[str, int], Answer], found: Load) -> None:
    try:
        answer = await client.ask(kind, number)
    except BusyError:
        found.busy[kind] += 1
        await asyncio.sleep(1)
    except (httpx.HTTPError, ValueError) as error:
        found.failed[kind] += 1
        found.faults = [*found.faults, f"{kind}: {error!r}"][:5]
    else:
        right = same(answer, expected[kind, number])
        (found.right if right else found.failed)[kind] += 1
        found.faults = found.faults if right else [*found.faults, f"{kind}: another answer than a single client's"][:5]


def _numbers(kind: str) -> range:
    return range(0, 64, 8) if kind.startswith("classify") else range(1)


def _megabytes(pid: int) -> float:
    """Memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def findings(folder: Path) -> list[Finding]:
    """Load the demo for five minutes.

    Parameters
    ----------
    folder : Path
        Where what the demo prints is kept.

    Returns
    -------
    list of Finding
        What became of the requests, and of the memory of the server.
    """
    port = 9870 + os.getpid() % 1000
    url = f"http://127.0.0.1:{port}"
    with (
        (folder / "demo.log").open("w") as log,
        subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=PROJECT, stdout=log, stderr=log) as process,
    ):
        try:
            wait_until_answering(url, process)
            found = asyncio.run(load(url, process.pid, SECONDS, CLIENTS))
        finally:
            process.terminate()
    (folder / "memory.json").write_text(json.dumps(found.memory))
    right, busy, failed = (sum(counted.values()) for counted in (found.right, found.busy, found.failed))
    each = ", ".join(f"{kind} {count:,}" for kind, count in found.right.items())
    told = "".join(f"; {fault}" for fault in found.faults)
    return [
        Finding(
            f"{CLIENTS} clients ask everything of the demo at once for {SECONDS // 60} minutes",
            right + failed,
            right,
            "each is given the answer of a single client",
            f"{each}; {busy:,} politely refused{told}",
        ),
        Finding(
            "the memory of that server, a minute after its start and at the end",
            1,
            int(found.growth < MOST_GROWTH),
            f"it grows by less than {MOST_GROWTH:.0%}",
            f"{found.growth:+.1%}; at most {max(found.memory):,.0f} MB",
        ),
    ]
