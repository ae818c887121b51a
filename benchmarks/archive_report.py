"""Write ``results/archive.md`` from the measurements of `benchmarks/archive.py`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from ecg.atomic_files import write_atomically
from ecg.evaluation.table_format import COUNT, RIGHT, Formats, as_markdown

REPORT = Path(__file__).parents[1] / "results" / "archive.md"
FORMATS: Formats = {
    **dict.fromkeys(("cores", "recordings an hour", "hours of ECG an hour", "core-seconds"), COUNT),
    **dict.fromkeys(("memory a worker (MB)", "memory of the worker (MB)"), COUNT),
    **dict.fromkeys(("core-seconds a recording", "read (MB/s)", "files written a second"), "{:,.2f}"),
    "efficiency": "{:.0%}",
    "days": "{:,.1f}",
    "length": RIGHT,
}
HOLTER_FS = 250
HOLTER_BYTES = 3.0
"""Bytes of a frame of two leads in the WFDB format 212."""
HOLTERS = 1_000_000


def speed_section(rows: list[dict[str, Any]]) -> str:
    """Report the speed, and what a large archive would take at that speed. `rows` come from `measure_speed`."""
    one = rows[0]
    rate = {row["cores"]: row["recordings"] / row["seconds"] * 3600 for row in rows}
    table = pd.DataFrame(
        {
            "cores": row["cores"],
            "recordings an hour": rate[row["cores"]],
            "hours of ECG an hour": row["hours"] / row["seconds"] * 3600,
            "efficiency": rate[row["cores"]] / rate[1] / row["cores"],
            "core-seconds a recording": row["core_seconds"] / row["recordings"],
            "memory a worker (MB)": row["worker_mb"],
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
            "cores": number,
            "days": core_hours / number / 24,
            "read (MB/s)": a_core * number / 1e6,
            "files written a second": 2 * HOLTERS / core_hours / 3600 * number,
        }
        for number in cores
    )
    return (
        f"{one['recordings']} recordings of half an hour at 360 Hz, {one['beats']:,} beats, five models, starting up "
        "included.\n\n"
        f"{as_markdown(table, FORMATS)}\n"
        f"On paper, {HOLTERS:,} Holters of 24 hours (two leads of 1.5 bytes at {HOLTER_FS} Hz, all of which are read) at the "
        f"core-seconds of one core: {core_hours:,.0f} core-hours, {bytes_in / 1e12:,.1f} TB in, "
        f"{bytes_out / 1e12:,.2f} TB out ({one['bytes_out'] / one['beats']:.0f} bytes a beat).\n\n"
        f"{as_markdown(scale, FORMATS)}\n"
        f"One core reads {a_core / 1e3:,.0f} kB/s: a share that gives 1 GB/s feeds {1e9 / a_core:,.0f} cores, and only beyond "
        "that is reading what all wait for. Until then it is computing."
    )


def long_section(figures: dict[str, Any]) -> str:
    """Report what long recordings take. `figures` come from `measure_long`."""
    table = pd.DataFrame(
        {
            "length": run["length"],
            "memory of the worker (MB)": run["worker_mb"],
            "core-seconds": run["core_seconds"],
        }
        for run in figures["runs"]
    )
    beats, found = figures["beats"], figures["found"]
    return (
        f"The 48 records one after the other, over and over again, at {HOLTER_FS} Hz, read by SimpleRNN.\n\n"
        f"{as_markdown(table, FORMATS)}\n"
        f"Of the {beats:,} beats that are found in the day as one piece, {found / beats:.4%} are found in pieces of an hour, "
        f"{figures['in_pieces'] - found:,} further ones are found there, and {figures['same'] / found:.4%} of those found in "
        "both have the same class by vote of all models. `ecg/inference/streaming.py` says where they may differ, and why."
    )


def ray_section(figures: dict[str, Any]) -> str:
    """Report the run on the cluster. `figures` come from `measure_ray`."""
    return (
        f"{figures['recordings']:,} recordings on two nodes of Ray of one core each, on one machine. One node was killed "
        f"(SIGKILL) when {figures['node_killed_at']:,} were done, and another started; the driver was killed when "
        f"{figures['driver_killed_at']:,} were done, and started again. In the end {figures['done']:,} were done and "
        f"{figures['doubled']} of them twice; of {figures['files']:,} files of results {figures['different']} differ from "
        f"those of an undisturbed run without Ray. It took {figures['seconds'] / 60:.0f} minutes, "
        f"undisturbed and without Ray {figures['seconds_here'] / 60:.0f}."
    )


SECTIONS: dict[str, Callable[[Any], str]] = {"speed": speed_section, "long": long_section, "ray": ray_section}


def write_section(what: str, text: str) -> None:
    """Write the section with the heading `what` into the report, and keep the others."""
    written = REPORT.read_text().split("## ")[1:] if REPORT.is_file() else []
    sections = {heading: rest.strip() for heading, _, rest in (each.partition("\n") for each in written)} | {what: text}
    body = "\n\n".join(f"## {heading}\n\n{sections[heading]}" for heading in SECTIONS if heading in sections)
    write_atomically(REPORT, f"# Archives\n\nMeasured by `benchmarks/archive.py`.\n\n{body}\n")
