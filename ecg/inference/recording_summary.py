"""Summarise the analysis of a recording: as statistics, as a table of its beats, as an annotation file."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import wfdb

from ecg.classes import ECTOPIC, LABELS
from ecg.evaluation.beat_matching import TOLERANCE_S, match_beats
from ecg.inference.recording_analysis import Analysis

ANNOTATOR = "ecg"
"""Extension of the annotation files that are written."""
VOTE = "vote"
MOST_STRETCHES = 200
"""Unreadable stretches that a summary lists."""


def summarise(analysis: Analysis) -> dict[str, Any]:
    """Return summary statistics of a recording, as plain values for JSON.

    Times are in s from the start, rates in beats a minute, shares from 0 to 1. ``ectopic_burden`` is the share of beats that
    are S or V by vote. ``longest_runs`` holds the most beats of such a class in a row. ``agreement`` compares with the
    annotation of the recording; it is None without one.
    """
    recording, votes = analysis.recording, analysis.votes
    counts = np.bincount(votes, minlength=len(LABELS))
    return {
        "recording": recording.name,
        "lead": recording.lead or None,
        "unit": recording.unit or None,
        "sampling_rate_hz": recording.fs,
        "duration_s": round(recording.seconds, 3),
        "beats": len(votes),
        "counts": {label: int(count) for label, count in zip(LABELS, counts, strict=True)},
        "counts_by_model": {
            name: {label: int((answers == index).sum()) for index, label in enumerate(LABELS)}
            for name, answers in zip(analysis.probabilities, analysis.answers, strict=True)
        },
        "ectopic_burden": {label: round(float(counts[LABELS.index(label)] / len(votes)), 5) for label in ECTOPIC},
        "longest_runs": {label: _run_summary(analysis, label) for label in ECTOPIC},
        "heart_rate_bpm": _heart_rate(analysis),
        "models_disagree": {"beats": int(analysis.disagreement.sum()), "share": round(float(analysis.disagreement.mean()), 5)},
        "readable_share": round(analysis.quality.readable_share, 4),
        "unreadable": [
            {"from_s": round(start / recording.fs, 2), "to_s": round(end / recording.fs, 2), "reason": reason}
            for start, end, reason in analysis.quality.stretches()[:MOST_STRETCHES]
        ],
        "agreement": None if recording.annotation is None else agreement(analysis),
        "warnings": list(analysis.warnings),
    }


def recording_beats_table(analysis: Analysis) -> pd.DataFrame:
    """List the beats of a recording.

    Returns
    -------
    DataFrame
        One row for each beat: ``time_s``, ``sample``, ``rr_s`` (since the previous beat; empty for the first beat and across
        an unreadable stretch), ``label`` (the vote), ``probability`` (mean probability of that class), ``agree``, and one
        column for the answer of each model.
    """
    votes = analysis.votes
    table = pd.DataFrame(
        {
            "time_s": analysis.seconds.round(4),
            "sample": analysis.peaks,
            "rr_s": rr_intervals(analysis).round(4),
            "label": np.array(LABELS)[votes],
            "probability": analysis.mean_probabilities[np.arange(len(votes)), votes].round(4),
            "agree": ~analysis.disagreement,
        }
    )
    for name, answers in zip(analysis.probabilities, analysis.answers, strict=True):
        table[name] = np.array(LABELS)[answers]
    return table


def write_annotation(analysis: Analysis, folder: Path) -> Path:
    """Write the votes as a WFDB annotation file, ``recording.ecg``; its symbols are the letters of the classes."""
    wfdb.wrann(
        "recording",
        ANNOTATOR,
        analysis.peaks,
        symbol=np.array(LABELS)[analysis.votes].tolist(),
        fs=analysis.recording.fs,
        write_dir=str(folder),
    )
    return folder / f"recording.{ANNOTATOR}"


def rr_intervals(analysis: Analysis) -> np.ndarray:
    """Return the RR interval before each beat in s, shape (n,); NaN for the first beat and across an unreadable stretch."""
    intervals = np.diff(analysis.seconds, prepend=np.nan)
    gaps = [start for start, _, _ in analysis.quality.stretches()]
    first_after = np.searchsorted(analysis.peaks, gaps)
    intervals[first_after[first_after < len(intervals)]] = np.nan
    return intervals


def agreement(analysis: Analysis) -> dict[str, Any]:
    """Compare an annotated recording with its annotation.

    Returns
    -------
    dict
        ``beats`` in the annotation, ``found`` of them, and ``false`` detections. ``classes`` holds sensitivity and positive
        predictivity of each class, for the vote and for each model; None where the denominator is 0. A missed beat counts as a
        false negative of its class, a false detection as a false positive.
    """
    annotation = analysis.recording.annotation
    assert annotation is not None  # noqa: S101  (said in the docstring)
    matches = match_beats(annotation.samples, analysis.peaks, TOLERANCE_S * analysis.recording.fs)
    truth = np.full(len(analysis.peaks), -1)
    truth[matches[matches >= 0]] = [
        LABELS.index(label) for label, hit in zip(annotation.labels, matches >= 0, strict=True) if hit
    ]
    annotated = np.bincount([LABELS.index(label) for label in annotation.labels], minlength=len(LABELS))
    readers = {VOTE: analysis.votes, **dict(zip(analysis.probabilities, analysis.answers, strict=True))}
    return {
        "beats": len(matches),
        "found": int((matches >= 0).sum()),
        "false": int((truth < 0).sum()),
        "classes": {
            name: {label: _scores(truth == index, predicted == index, annotated[index]) for index, label in enumerate(LABELS)}
            for name, predicted in readers.items()
        },
    }


def agreement_table(analysis: Analysis, titles: dict[str, str]) -> pd.DataFrame:
    """Tabulate sensitivity and positive predictivity of each annotated class in percent, for the vote and for each model."""
    compared = agreement(analysis)["classes"]
    present = [label for label in LABELS if compared[VOTE][label]["annotated"]]
    rows = []
    for name, scores in compared.items():
        row = {"reader": titles.get(name, "vote of all")}
        for label in present:
            row[f"Se {label}"] = _percent(scores[label]["sensitivity"])
            row[f"+P {label}"] = _percent(scores[label]["positive_predictivity"])
        rows.append(row)
    return pd.DataFrame(rows)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _scores(is_class: np.ndarray, is_predicted: np.ndarray, annotated: int) -> dict[str, Any]:
    hits, predicted = int((is_class & is_predicted).sum()), int(is_predicted.sum())
    return {
        "annotated": int(annotated),
        "predicted": predicted,
        "sensitivity": round(hits / int(annotated), 4) if annotated else None,
        "positive_predictivity": round(hits / predicted, 4) if predicted else None,
    }


def longest_run(is_class: np.ndarray, seconds: np.ndarray) -> tuple[int, float | None]:
    """Return the most beats of a class in a row, and when the first such run starts in s; 0 and None if there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_class, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return 0, None
    longest = int((ends - starts).argmax())
    return int(ends[longest] - starts[longest]), round(float(seconds[starts[longest]]), 2)


def _run_summary(analysis: Analysis, label: str) -> dict[str, Any] | None:
    beats, start = longest_run(analysis.votes == LABELS.index(label), analysis.seconds)
    return {"beats": beats, "from_s": start} if beats else None


def _heart_rate(analysis: Analysis) -> dict[str, float] | None:
    intervals = rr_intervals(analysis)
    intervals = intervals[np.isfinite(intervals)]
    if not len(intervals):
        return None
    return {
        "mean": round(60 / float(intervals.mean()), 1),
        "slowest": round(60 / float(np.percentile(intervals, 99)), 1),
        "fastest": round(60 / float(np.percentile(intervals, 1)), 1),
    }
