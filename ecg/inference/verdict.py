"""Describe the answers of the models for single beats, in sentences and tables."""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from ecg.classes import AAMI_CLASSES, LABELS
from ecg.io.beat_parser import ParsedBeats
from ecg.signal.kaggle_beat import BEAT_FS

MOST_LISTED = 5
"""Refused rows that are listed one by one."""


def verdict(answers: dict[str, dict[str, Any]], titles: dict[str, str], truth: str | None) -> str:
    """Say whether the models agree and which are confident, in up to three sentences of Markdown.

    ``truth`` is the annotated class, if there is one.
    """
    votes = Counter(answer["label"] for answer in answers.values())
    if len(votes) == 1:
        (label,) = votes
        sentence = f"**{_readers(len(answers))} {label}**: {AAMI_CLASSES[label].name}."
    else:
        sides = [
            ", ".join(titles[name] for name, answer in answers.items() if answer["label"] == label)
            + f": **{label}** ({AAMI_CLASSES[label].name})"
            for label, _ in votes.most_common()
        ]
        sentence = "**The models disagree.** " + "; ".join(sides) + "."
    unsure = [titles[name] for name, answer in answers.items() if not answer["confident"]]
    if unsure:
        sentence += f" **Doubtful:** {', '.join(unsure)} {'is' if len(unsure) == 1 else 'are'} not sure."
    return sentence + (f" The annotation says **{truth}**: {AAMI_CLASSES[truth].name}." if truth else "")


def answer_table(answers: dict[str, dict[str, Any]], titles: dict[str, str]) -> pd.DataFrame:
    """Tabulate the answer of each model: its class, whether that is doubtful, and the probability of each class."""
    return pd.DataFrame(
        [
            {
                "model": titles[name],
                "says": answer["label"] + ("" if answer["confident"] else " (doubtful)"),
                **{f"P({label})": f"{answer['probabilities'][label]:.3f}" for label in LABELS},
            }
            for name, answer in answers.items()
        ]
    )


def describe_occlusion(title: str, label: str, importance: np.ndarray) -> str:
    """Say which part of a beat is most important to a model.

    Parameters
    ----------
    title : str
        Title of the model.
    label : str
        Class it predicts.
    importance : ndarray, shape (187,)
        From `ecg.inference.occlusion.occlusion`.
    """
    peak = int(importance.argmax())
    if importance[peak] <= 0:
        return f"{title} says {label}, whatever stretch is covered."
    weak = np.flatnonzero(importance < importance[peak] / 2)
    start = weak[weak < peak].max(initial=-1) + 1
    end = weak[weak > peak].min(initial=len(importance)) - 1
    milliseconds = f"{start * 1000 / BEAT_FS:.0f} to {end * 1000 / BEAT_FS:.0f} ms"
    return (
        f"{title} looks most at {milliseconds}: with what is there covered by a straight line, its log-odds of {label} fall "
        f"by up to {importance[peak]:.1f}."
    )


def beats_table(table: ParsedBeats, answers: list[dict[str, dict[str, Any]]], titles: dict[str, str]) -> pd.DataFrame:
    """Tabulate the answers for many beats, from `ecg.inference.classifier.classify_beats`.

    Each beat has a row: its row in the file, the class by each model (a question mark where the model is not confident),
    whether the models agree, and the given class.
    """
    columns: dict[str, Any] = {"row": table.rows}
    for name, title in titles.items():
        of_model = [answer[name] for answer in answers]
        columns[title] = [answer["label"] + ("" if answer["confident"] else " ?") for answer in of_model]
    votes = [len({answer[name]["label"] for name in titles}) for answer in answers]
    columns["agree"] = ["yes" if labels == 1 else "no" for labels in votes]
    columns["given"] = [truth or "" for truth in table.truths]
    return pd.DataFrame(columns)


def beats_verdict(table: ParsedBeats, answers: list[dict[str, dict[str, Any]]], titles: dict[str, str]) -> str:
    """Summarise the answers for many beats in Markdown.

    It says how many beats there are, on how many all models agree, how often each model predicts the given class, and which
    rows were refused.
    """
    agreed = sum(len({answer[name]["label"] for name in titles}) == 1 for answer in answers)
    lines = [f"**{len(answers):,} beats**; on {agreed:,} of them all models agree."]
    given = [(truth, answer) for truth, answer in zip(table.truths, answers, strict=True) if truth]
    if given:
        right = {title: sum(answer[name]["label"] == truth for truth, answer in given) for name, title in titles.items()}
        shares = ", ".join(f"{title} {count / len(given):.1%}" for title, count in right.items())
        lines.append(f"Right on the {len(given):,} with a class given: {shares}.")
    if table.refused:
        named, more = table.refused[:MOST_LISTED], table.refused[MOST_LISTED:]
        lines.append(f"⚠ Rows that hold no beat and were left out: {len(table.refused):,}")
        lines += [f"- {reason}" for reason in named] + ([f"- … and {len(more):,} more."] if more else [])
    return "\n\n".join(lines)


def _readers(models: int) -> str:
    return f"All {models} models say" if models > 1 else "The model says"
