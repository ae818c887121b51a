"""Put in words, and in a table, what the models say of a beat."""

from collections import Counter
from typing import Any

import pandas as pd

from ecg.classes import AAMI_CLASSES, LABELS


def verdict(answers: dict[str, dict[str, Any]], titles: dict[str, str], truth: str | None) -> str:
    """Say whether the models agree, and whether they are sure.

    Parameters
    ----------
    answers : dict of str to dict
        From `ecg.classifier.classify`.
    titles : dict of str to str
        What people call the models.
    truth : str or None
        The class the cardiologists gave the beat, where it is known.

    Returns
    -------
    str
        Up to three sentences of Markdown.
    """
    votes = Counter(answer["label"] for answer in answers.values())
    if len(votes) == 1:
        (label,) = votes
        sentence = f"**{_all(len(answers))} {label}**: {AAMI_CLASSES[label].name}."
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
    """Put the probabilities of all models into a table.

    Parameters
    ----------
    answers : dict of str to dict
        From `ecg.classifier.classify`.
    titles : dict of str to str
        What people call the models.

    Returns
    -------
    DataFrame
        A row a model: its name, the class it says, whether that is doubtful, and the probability of each class.
    """
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


def _all(models: int) -> str:
    return f"All {models} models say" if models > 1 else "The model says"
