"""Describe the analysis of a recording in sentences and tables."""

from typing import Any

import numpy as np
import pandas as pd

from ecg.classes import AAMI_CLASSES, ECTOPIC, LABELS
from ecg.evaluation.beat_matching import TOLERANCE_S
from ecg.inference.recording_analysis import Analysis
from ecg.inference.recording_figures import clock


def describe(summary: dict[str, Any]) -> str:
    """Describe the summary of a recording, from `ecg.inference.recording_summary.summarise`, in Markdown."""
    rate = summary["heart_rate_bpm"]
    lines = [
        f"**{summary['beats']:,} heartbeats in {clock(summary['duration_s'])}** of {summary['recording']}, "
        f"lead {summary['lead'] or 'without a name'}, {summary['sampling_rate_hz']:g} Hz"
        + (
            f"; {rate['mean']:.0f} beats a minute (98 % of them {rate['slowest']:.0f} to {rate['fastest']:.0f})."
            if rate
            else "."
        )
    ]
    for label in ECTOPIC:
        run = summary["longest_runs"][label]
        in_a_row = f"; at most {run['beats']} in a row, from {clock(run['from_s'])}" if run and run["beats"] > 1 else ""
        share = summary["ectopic_burden"][label]
        lines.append(f"**{label}**, {AAMI_CLASSES[label].name}: {summary['counts'][label]:,} beats, {share:.2%}{in_a_row}.")
    disagree = summary["models_disagree"]
    lines.append(
        f"The five models disagree on {disagree['beats']:,} beats ({disagree['share']:.1%}); the class shown is their vote."
    )
    return "\n\n".join(lines + [f"⚠ {warning}" for warning in summary["warnings"]])


def count_table(summary: dict[str, Any], titles: dict[str, str]) -> pd.DataFrame:
    """Tabulate the number of beats of each class by vote and by model, from the summary of a recording."""
    return pd.DataFrame(
        [
            {
                "class": f"{label}: {AAMI_CLASSES[label].name}",
                "vote": summary["counts"][label],
                **{titles[name]: counts[label] for name, counts in summary["counts_by_model"].items()},
            }
            for label in LABELS
        ]
    )


def describe_agreement(compared: dict[str, Any]) -> str:
    """Describe how many annotated beats were found, from `ecg.inference.recording_summary.agreement`, in Markdown."""
    return (
        f"**Against the annotation in your files:** {compared['found']:,} of its {compared['beats']:,} beats were found "
        f"(within {1000 * TOLERANCE_S:.0f} ms); {compared['false']:,} detections match no annotated beat. Sensitivity (Se) "
        "and positive predictivity (+P):"
    )


def describe_beat(analysis: Analysis, beat: int, titles: dict[str, str]) -> str:
    """Describe the answers of the models for one beat, given by its position among those found, in Markdown."""
    answers_of_models = ", ".join(
        f"{titles[name]} **{LABELS[answers[beat]]}** ({analysis.probabilities[name][beat].max():.2f})"
        for name, answers in zip(analysis.probabilities, analysis.answers, strict=True)
    )
    number = int(np.count_nonzero(analysis.disagreement[: beat + 1]))
    time = clock(float(analysis.seconds[beat]))
    return f"Disagreement {number} of {int(analysis.disagreement.sum())}, at {time}: {answers_of_models}."


def next_disagreement(analysis: Analysis, seconds: float, step: int) -> int | None:
    """Return the position of the next beat on which the models disagree; None if there is none.

    The search starts at ``seconds`` and goes forward if ``step`` is 1, back if it is -1.
    """
    beats = np.flatnonzero(analysis.disagreement)
    times = analysis.seconds[beats]
    later, earlier = beats[times > seconds + 1e-6], beats[times < seconds - 1e-6]
    return int(later[0]) if step > 0 and len(later) else int(earlier[-1]) if step < 0 and len(earlier) else None
