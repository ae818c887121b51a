"""Sum up what the models say of a recording: in figures, in a table of its beats, in an annotation file."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import wfdb

from ecg.classes import LABELS
from ecg.evaluation.beat_matching import match_beats
from ecg.inference.recording_analysis import Analysis

TOLERANCE = 0.15
"""Seconds that a beat may be away from the annotated one: ANSI/AAMI EC57."""
ECTOPIC = ("S", "V")
ANNOTATOR = "ecg"
"""Extension of the annotation files that are written."""
VOTE = "vote"
LONGEST_LIST = 200


def summarise(analysis: Analysis) -> dict[str, Any]:
    """Sum up a recording.

    Parameters
    ----------
    analysis : Analysis
        What the models say of it.

    Returns
    -------
    dict
        Plain values. Times are in s from the start, rates in beats a minute, shares from 0 to 1. ``ectopic_burden`` is the
        share of the beats that are S or V by vote; ``longest_runs`` are the most beats of such a class in a row; ``agreement``
        compares with the annotation that came with the recording, or is None.
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
        "longest_runs": {label: _longest_run(analysis, label) for label in ECTOPIC},
        "heart_rate_bpm": _heart_rate(analysis),
        "models_disagree": {"beats": int(analysis.disagreement.sum()), "share": round(float(analysis.disagreement.mean()), 5)},
        "readable_share": round(analysis.quality.readable_share, 4),
        "unreadable": [
            {"from_s": round(start / recording.fs, 2), "to_s": round(end / recording.fs, 2), "reason": reason}
            for start, end, reason in analysis.quality.stretches()[:LONGEST_LIST]
        ],
        "agreement": None if recording.annotation is None else agreement(analysis),
        "warnings": list(analysis.warnings),
    }


def beat_table(analysis: Analysis) -> pd.DataFrame:
    """List the beats of a recording.

    Parameters
    ----------
    analysis : Analysis
        What the models say of it.

    Returns
    -------
    DataFrame
        A row a beat: ``time_s``, ``sample``, ``rr_s`` (since the beat before; empty for the first one and across what cannot
        be read), ``label`` (the models' vote), ``probability`` (the mean the models give that class), ``agree``, and a column
        a model.
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
    """Write the vote on each beat as a WFDB annotation file, which `wfdb.rdann` reads.

    Parameters
    ----------
    analysis : Analysis
        What the models say of a recording.
    folder : Path
        Where the file goes.

    Returns
    -------
    Path
        The file, ``recording.ecg``; its symbols are the letters of the classes.
    """
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
    """Return the RR interval before each beat.

    Parameters
    ----------
    analysis : Analysis
        What the models say of a recording.

    Returns
    -------
    ndarray of float, shape (n,)
        Seconds; NaN for the first beat and across a stretch that cannot be read.
    """
    intervals = np.diff(analysis.seconds, prepend=np.nan)
    gaps = [start for start, _, _ in analysis.quality.stretches()]
    first_after = np.searchsorted(analysis.peaks, gaps)
    intervals[first_after[first_after < len(intervals)]] = np.nan
    return intervals


def agreement(analysis: Analysis) -> dict[str, Any]:
    """Compare with the annotation that came with the recording.

    Parameters
    ----------
    analysis : Analysis
        What the models say of an annotated recording.

    Returns
    -------
    dict
        ``beats`` annotated, ``found`` of them and ``false`` beats that are none of them; and ``classes``, for the vote and for
        each model the sensitivity and positive predictivity of each class, None where there is nothing to divide by. A beat
        not found counts as not recognised, a false one as wrongly predicted.
    """
    annotation = analysis.recording.annotation
    assert annotation is not None  # noqa: S101  (said in the docstring)
    matches = match_beats(annotation.samples, analysis.peaks, TOLERANCE * analysis.recording.fs)
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
            name: {label: _scores(truth == index, said == index, annotated[index]) for index, label in enumerate(LABELS)}
            for name, said in readers.items()
        },
    }


def agreement_table(analysis: Analysis, titles: dict[str, str]) -> pd.DataFrame:
    """Put the agreement with the annotation into a table.

    Parameters
    ----------
    analysis : Analysis
        What the models say of an annotated recording.
    titles : dict of str to str
        What people call the models.

    Returns
    -------
    DataFrame
        A row for the vote and one for each model; sensitivity and positive predictivity of each annotated class, in percent.
    """
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


def _scores(is_class: np.ndarray, said: np.ndarray, annotated: int) -> dict[str, Any]:
    right, predicted = int((is_class & said).sum()), int(said.sum())
    return {
        "annotated": int(annotated),
        "predicted": predicted,
        "sensitivity": round(right / int(annotated), 4) if annotated else None,
        "positive_predictivity": round(right / predicted, 4) if predicted else None,
    }


def _longest_run(analysis: Analysis, label: str) -> dict[str, Any] | None:
    is_label = np.concatenate([[False], analysis.votes == LABELS.index(label), [False]])
    starts, ends = (np.flatnonzero(np.diff(is_label.astype(int)) == step) for step in (1, -1))
    if not len(starts):
        return None
    longest = int((ends - starts).argmax())
    return {"beats": int(ends[longest] - starts[longest]), "from_s": round(float(analysis.seconds[starts[longest]]), 2)}


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
