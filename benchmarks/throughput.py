"""Measure the response times of /classify_beat for many clients at once, beside an endpoint that does nothing.

Both are endpoints of the same demo and get the same beat: the one costs what Gradio costs, the other what the models cost
beyond that. The demo and the clients run in processes of their own. The endpoints take turns.
"""

import argparse
import asyncio
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import httpx
import numpy as np

from benchmarks.measuring import Bound
from benchmarks.startup import serving
from ecg.data.templates import load_templates

CLIENTS = 32
WARM_UP_S = 1.0
"""Time for which each endpoint is asked before it is timed."""
MOST = 1.5
"""Greatest ratio of the response times."""
ENDPOINTS = ("classify_beat", "nothing")


class Asked:
    """Requests to an endpoint: the ``seconds`` of each that was answered, and the ``errors`` of the others."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.errors: list[str] = []

    @property
    def p95(self) -> float:
        """95th percentile of the response times, in milliseconds."""
        return 1000 * float(np.percentile(self.seconds, 95))

    def add(self, other: "Asked") -> None:
        """Add further requests."""
        self.seconds += other.seconds
        self.errors += other.errors


async def _ask_for(seconds: float, http: httpx.AsyncClient, endpoint: str, body: dict[str, Any], asked: Asked) -> None:
    end = time.perf_counter() + seconds
    while (started := time.perf_counter()) < end:
        event = (await http.post(endpoint, json=body)).raise_for_status().json()["event_id"]
        answer = (await http.get(f"{endpoint}/{event}")).text
        if "event: complete" in answer:
            asked.seconds.append(time.perf_counter() - started)
        else:
            asked.errors.append(answer)


def ask(url: str, endpoint: str, clients: int, seconds: float) -> Asked:
    """Let so many clients ask an endpoint for some seconds, each again as soon as it has its answer."""
    asked, body = Asked(), {"data": [list(load_templates()[0].beat)]}

    async def all_at_once() -> None:
        limits = httpx.Limits(max_connections=2 * clients)
        async with httpx.AsyncClient(base_url=f"{url}/gradio_api/call/", limits=limits, timeout=60) as http:
            await asyncio.gather(*(_ask_for(seconds, http, endpoint, body, asked) for _ in range(clients)))

    asyncio.run(all_at_once())
    return asked


def measure_clients(url: str, clients: int, rounds: int, seconds: float) -> dict[str, Asked]:
    """Ask both endpoints in turns from another process: ``rounds`` turns each, of so many seconds."""
    asked = {endpoint: Asked() for endpoint in ENDPOINTS}
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as programs:
        for endpoint in ENDPOINTS:
            programs.submit(ask, url, endpoint, clients, WARM_UP_S).result()
        for _ in range(rounds):
            for endpoint in ENDPOINTS:
                asked[endpoint].add(programs.submit(ask, url, endpoint, clients, seconds).result())
    return asked


def measure(quick: bool) -> list[Bound]:
    """Measure response times and errors for 32 clients and for one; for a few seconds if ``quick``, else 90."""
    rounds, seconds = (2, 1.0) if quick else (6, 5.0)
    bounds = []
    with serving(["-m", "benchmarks.throughput"]) as (url, _):
        for clients, length in ((CLIENTS, seconds), (1, seconds / 5)):
            asked = measure_clients(url, clients, rounds, length)
            ours, theirs = (asked[endpoint] for endpoint in ENDPOINTS)
            who = "1 program" if clients == 1 else f"{clients} programs at once"
            took = f"{who}: p95 of /classify_beat ({ours.p95:.0f} ms) in units of that of an endpoint that does nothing "
            took += f"({theirs.p95:.0f} ms); {len(ours.seconds) / rounds / length:.0f} and "
            took += f"{len(theirs.seconds) / rounds / length:.0f} answers a second"
            bounds.append(Bound(took, ours.p95 / theirs.p95, MOST, "times"))
            bounds.append(Bound(f"{who}: requests without an answer", len(ours.errors) + len(theirs.errors), 0, "requests"))
    return bounds


def main(arguments: list[str] | None = None) -> None:
    """Serve the demo with one more endpoint, which does nothing."""
    import gradio as gr  # here, because the process of the clients needs neither

    import app
    from hub.pull import load_shipped

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(arguments)

    def nothing(beat: list[float]) -> dict[str, Any]:
        del beat
        return {}

    with app.compose(load_shipped(app.MODELS)) as demo:
        gr.api(nothing, api_name="nothing")
    app.serve(demo, "127.0.0.1", options.port)


if __name__ == "__main__":
    main()
