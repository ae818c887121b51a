"""Put into words what `benchmarks/archive.py` has measured."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from ecg.atomic_files import write_atomically

REPORT = Path(__file__).parents[1] / "results" / "archive.md"
HOLTER_FS = 250
HOLTER_BYTES = 3.0
"""Bytes of a frame of two leads in the WFDB format 212."""
HOLTERS = 1_000_000


def speed_section(rows: list[dict[str, Any]]) -> str:
    """Put the speed into words, and what a large archive costs on paper.

    Parameters
    ----------
    rows : list of dict
        From `measure_speed`.

    Returns
    -------
    str
        Markdown.
    """
    one = rows[0]
    rate = {row["cores"]: row["recordings"] / row["seconds"] * 3600 for row in rows}
    table = pd.DataFrame(
        {
            "cores": row["cores"],
            "recordings an hour": f"{rate[row['cores']]:,.0f}",
            "hours of ECG an hour": f"{row['hours'] / row['seconds'] * 3600:,.0f}",
            "efficiency": f"{rate[row['cores']] / rate[1] / row['cores']:.0%}",
            "core-seconds a recording": f"{row['core_seconds'] / row['recordings']:.2f}",
            "memory a worker (MB)": f"{row['worker_mb']:,.0f}",
        }
        for row in rows
    )
    core_hours = HOLTERS * 24 * one["core_seconds"] / one["hours"] / 3600
    bytes_in = HOLTERS * 86400 * HOLTER_FS * HOLTER_BYTES
    bytes_out = HOLTERS * 24 * one["bytes_out"] / one["hours"]
    a_core = bytes_in / core_hours / 3600
    cores = sorted({1, 16, 100, 1000, 10_000})
    scale = pd.DataFrame(
        {
            "cores": f"{number:,}",
            "days": f"{core_hours / number / 24:,.1f}",
            "read (MB/s)": f"{a_core * number / 1e6:,.2f}",
            "files written a second": f"{2 * HOLTERS / core_hours / 3600 * number:,.2f}",
        }
        for number in cores
    )
    return (
        f"{one['recordings']} recordings of half an hour at 360 Hz, {one['beats']:,} beats, five models, starting up "
        "included.\n\n"
        f"{_table(table)}\n\n"
        f"On paper, {HOLTERS:,} Holters of 24 hours (two leads of 1.5 bytes at {HOLTER_FS} Hz, all of which are read) at the "
        f"core-seconds of one core: {core_hours:,.0f} core-hours, {bytes_in / 1e12:,.1f} TB in, "
        f"{bytes_out / 1e12:,.2f} TB out ({one['bytes_out'] / one['beats']:.0f} bytes a beat).\n\n{_table(scale)}\n\n"
        f"One core reads {a_core / 1e3:,.0f} kB/s: a share that gives 1 GB/s feeds {1e9 / a_core:,.0f} cores, and only beyond "
        "that is reading what all wait for. Until then it is computing."
    )


def long_section(figures: dict[str, Any]) -> str:
    """Put what long recordings take into words.

    Parameters
    ----------
    figures : dict
        From `measure_long`.

    Returns
    -------
    str
        Markdown.
    """
    table = pd.DataFrame(
        {
            "length": run["length"],
            "memory of the worker (MB)": f"{run['worker_mb']:,.0f}",
            "core-seconds": f"{run['core_seconds']:,.0f}",
        }
        for run in figures["runs"]
    )
    beats, found = figures["beats"], figures["found"]
    return (
        f"The 48 records one after the other, over and over again, at {HOLTER_FS} Hz, read by SimpleRNN.\n\n"
        f"{_table(table)}\n\n"
        f"Of the {beats:,} beats that are found in the day as one piece, {found / beats:.4%} are found in pieces of an hour, "
        f"{figures['in_pieces'] - found:,} further ones are found there, and {figures['same'] / found:.4%} of those found in "
        "both have the same class by vote of all models. `ecg/inference/streaming.py` says where they may differ, and why."
    )


def ray_section(figures: dict[str, Any]) -> str:
    """Put the run on the cluster into words.

    Parameters
    ----------
    figures : dict
        From `measure_ray`.

    Returns
    -------
    str
        Markdown.
    """
    return (
        f"{figures['recordings']:,} recordings on two nodes of Ray of one core each, on one machine. One node was killed "
        f"(SIGKILL) when {figures['node_killed_at']:,} were done, and another started; the driver was killed when "
        f"{figures['driver_killed_at']:,} were done, and started again. In the end {figures['done']:,} were done and "
        f"{figures['doubled']} of them twice; of {figures['files']:,} files of results {figures['different']} differ from "
        f"those of an undisturbed run without Ray. It took {figures['seconds'] / 60:.0f} minutes, "
        f"undisturbed and without Ray {figures['seconds_here'] / 60:.0f}."
    )


SECTIONS: dict[str, Callable[[Any], str]] = {"speed": speed_section, "long": long_section, "ray": ray_section}


def _table(table: pd.DataFrame) -> str:
    lines: list[list[Any]] = [list(table), ["---:"] * table.shape[1], *table.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def write_section(what: str, text: str) -> None:
    """Write a section of the report, and keep the others.

    Parameters
    ----------
    what : str
        Its heading.
    text : str
        The section.
    """
    written = REPORT.read_text().split("## ")[1:] if REPORT.is_file() else []
    sections = {heading: rest.strip() for heading, _, rest in (each.partition("\n") for each in written)} | {what: text}
    body = "\n\n".join(f"## {heading}\n\n{sections[heading]}" for heading in SECTIONS if heading in sections)
    write_atomically(REPORT, f"# Archives\n\nMeasured by `benchmarks/archive.py`.\n\n{body}\n")
