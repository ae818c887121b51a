"""The tables of an archive: the beats of each recording, and the summary of all recordings."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from ecg.archive.store import Store
from ecg.atomic_files import read_json, whole_file, write_atomically
from ecg.classes import ECTOPIC, LABELS
from ecg.errors import InputError
from ecg.inference.recording_analysis import FEWEST_BEATS, Analysis
from ecg.inference.recording_summary import longest_run, recording_beats_table
from ecg.inference.streaming import join
from ecg.io.recording import Recording
from ecg.signal.signal_quality import REASONS

ROWS_AT_A_TIME = 10_000
"""Rows of the summary that are held in memory."""
SUMMARY = pa.schema(
    [
        ("recording", pa.string()),
        ("lead", pa.string()),
        ("unit", pa.string()),
        ("sampling_rate_hz", pa.float64()),
        ("duration_s", pa.float64()),
        ("beats", pa.int64()),
        *((f"beats_{label}", pa.int64()) for label in LABELS),
        *((f"ectopic_burden_{label}", pa.float64()) for label in ECTOPIC),
        *((f"longest_run_{label}", pa.int64()) for label in ECTOPIC),
        *((f"longest_run_{label}_from_s", pa.float64()) for label in ECTOPIC),
        ("mean_heart_rate_bpm", pa.float64()),
        *((f"{reason}_share", pa.float64()) for reason in REASONS),
        ("models_agree_share", pa.float64()),
        ("warnings", pa.string()),
    ]
)
"""Columns of the summary. Burdens and runs are those of the vote; shares are of time, models_agree_share is of beats."""


def beats_schema(models: Iterable[str]) -> pa.Schema:
    """Return the columns of a table of beats: the vote and its mean probability, then both for each model."""
    vote = [("time_s", pa.float64()), ("sample", pa.int64()), ("rr_s", pa.float64()), ("label", pa.string())]
    each = [
        (f"{name}_{what}", kind) for name in models for what, kind in (("label", pa.string()), ("probability", pa.float32()))
    ]
    return pa.schema([("recording", pa.string()), *vote, ("probability", pa.float32()), ("agree", pa.bool_()), *each])


def write_beats(name: str, models: Iterable[str], pieces: Iterator[Analysis], file: BinaryIO) -> dict[str, Any]:
    """Write the beats of a recording as parquet, piece by piece, and return its row of the summary.

    Parameters
    ----------
    name : str
        Name of the recording in the archive.
    models : iterable of str
        Names of the models.
    pieces : iterator of Analysis
        From `ecg.inference.streaming.analyse_in_pieces`.
    file : BinaryIO
        The parquet file.

    Raises
    ------
    InputError
        If there are too few beats.
    """
    schema, before, sums = beats_schema(models), None, _Sums()
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for piece in pieces:
            joined = join(before, piece)
            table = _beats(name, joined, schema).slice(len(joined.peaks) - len(piece.peaks))
            if table.num_rows:
                writer.write_table(table)
            sums.add(piece, table)
            before = joined
    return sums.row(name)


def _beats(name: str, analysis: Analysis, schema: pa.Schema) -> pa.Table:
    table = recording_beats_table(analysis)
    columns: dict[str, Any] = {
        column: table[column].to_numpy() for column in ("time_s", "sample", "rr_s", "label", "probability", "agree")
    }
    for model, probabilities in analysis.probabilities.items():
        columns[f"{model}_label"] = table[model].to_numpy()
        columns[f"{model}_probability"] = probabilities.max(axis=1, initial=0).round(4)
    columns["recording"] = [name] * len(table)
    return pa.table([pa.array(columns[field.name], field.type, from_pandas=True) for field in schema], schema=schema)


class _Sums:
    """Sums over the pieces for the summary; they need a few bytes for each beat."""

    def __init__(self) -> None:
        self._labels: list[np.ndarray] = []
        self._times: list[np.ndarray] = []
        self._rr = 0.0
        self._intervals = self._agreeing = 0
        self._samples = np.zeros(len(REASONS), dtype=np.int64)
        self._warned: dict[str, int] = {}
        self._about: Recording | None = None

    def add(self, piece: Analysis, beats: pa.Table) -> None:
        rr = beats["rr_s"].to_numpy()
        self._labels.append(piece.votes.astype(np.int8))
        self._times.append(piece.seconds)
        self._rr += float(np.nansum(rr))
        self._intervals += int(np.isfinite(rr).sum())
        self._agreeing += int((~piece.disagreement).sum())
        self._samples += np.bincount(piece.quality.reasons, np.diff(piece.quality.edges), len(REASONS)).astype(np.int64)
        for warning in piece.warnings:
            self._warned[warning] = self._warned.get(warning, 0) + len(piece.peaks)
        self._about = piece.recording

    def row(self, name: str) -> dict[str, Any]:
        about, labels, times = self._about, np.concatenate(self._labels), np.concatenate(self._times)
        assert about is not None  # noqa: S101  (a recording has a piece)
        shares = self._samples / self._samples.sum()
        if len(labels) < FEWEST_BEATS:
            what = ", ".join(f"{share:.0%} {reason}" for reason, share in zip(REASONS, shares, strict=True) if share)
            raise InputError(
                f"Only {len(labels)} heartbeats were found; at least {FEWEST_BEATS} are expected. The lead is {what}. Check "
                "the electrodes, the lead and the sampling rate."
            )
        counts = np.bincount(labels, minlength=len(LABELS))
        runs = {label: longest_run(labels == LABELS.index(label), times) for label in ECTOPIC}
        warnings = [*about.warnings, *(warning for warning, beats in self._warned.items() if beats > len(labels) / 2)]
        return {
            "recording": name,
            "lead": about.lead or None,
            "unit": about.unit or None,
            "sampling_rate_hz": about.fs,
            "duration_s": round(int(self._samples.sum()) / about.fs, 3),
            "beats": len(labels),
            **{f"beats_{label}": int(count) for label, count in zip(LABELS, counts, strict=True)},
            **{f"ectopic_burden_{label}": round(int(counts[LABELS.index(label)]) / len(labels), 5) for label in ECTOPIC},
            **{f"longest_run_{label}": beats for label, (beats, _) in runs.items()},
            **{f"longest_run_{label}_from_s": start for label, (_, start) in runs.items()},
            "mean_heart_rate_bpm": round(60 * self._intervals / self._rr, 1) if self._rr else None,
            **{f"{reason}_share": round(float(share), 4) for reason, share in zip(REASONS, shares, strict=True)},
            "models_agree_share": round(self._agreeing / len(labels), 5),
            "warnings": " ".join(warnings) or None,
        }


def write_summary(names: Sequence[str], store: Store) -> int:
    """Write ``summary.parquet`` and ``failed.csv`` from the stored results; return the number of failures."""
    failed: list[tuple[str, str]] = []
    with (
        whole_file(store.folder / "summary.parquet") as file,
        parquet.ParquetWriter(file, SUMMARY, compression="zstd") as writer,
    ):
        for start in range(0, len(names), ROWS_AT_A_TIME):
            chunk = names[start : start + ROWS_AT_A_TIME]
            done = [name for name in chunk if store.summary(name).is_file()]
            writer.write_table(pa.Table.from_pylist([read_json(store.summary(name)) for name in done], SUMMARY))
            failed += [
                (name, read_json(store.failure(name))["reason"])
                for name in chunk
                if store.failure(name).is_file() and not store.summary(name).is_file()
            ]
    text = io.StringIO()
    failures = csv.writer(text, lineterminator="\n")
    failures.writerows([("recording", "reason"), *failed])
    write_atomically(store.folder / "failed.csv", text.getvalue())
    return len(failed)
