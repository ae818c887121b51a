"""The sample beats that one can choose in the demo: the averages that ship with the project."""

from collections import Counter
from typing import Any

from ecg.data.templates import Template, load_templates
from ecg.errors import InputError

MOST_PER_SYMBOL = 4
"""Templates of one symbol that become buttons; the most frequent symbol has 37."""
MOST_NAMED = 10
"""Ids that the error message names for an unknown id."""


def list_samples() -> list[dict[str, Any]]:
    """List the sample beats as plain values for programs.

    Each has ``id``, ``label``, ``symbol``, ``meaning``, ``record``, ``averaged`` (number of beats in the average) and ``beat``
    (187 numbers).
    """
    return [
        {
            "id": sample_id(template),
            "label": template.label,
            "symbol": template.symbol,
            "meaning": template.meaning,
            "record": template.record,
            "averaged": template.averaged,
            "beat": list(template.beat),
        }
        for template in load_templates()
    ]


def sample_id(template: Template) -> str:
    """Return the id of a sample beat: its MIT-BIH symbol and its record, such as ``V-208``."""
    return f"{template.symbol}-{template.record}"


def get_sample(wanted: str) -> Template:
    """Return the sample beat of an id.

    Raises
    ------
    InputError
        If there is no such beat.
    """
    known = {sample_id(template): template for template in load_templates()}
    if wanted not in known:
        alike = [name for name in known if name[:1] == wanted[:1]] or list(known)
        raise InputError(
            f"There is no sample beat {wanted[:20]!r}. An id is a symbol and a record, as V-208; there are "
            + ", ".join(alike[:MOST_NAMED])
            + (f" and {len(alike) - MOST_NAMED} more." if len(alike) > MOST_NAMED else ".")
        )
    return known[wanted]


def buttons(label: str) -> list[Template]:
    """Choose the sample beats of a class for the demo's buttons: of each symbol the four that average the most beats."""
    chosen: list[Template] = []
    taken: Counter[str] = Counter()
    for template in sorted(load_templates(), key=lambda template: -template.averaged):
        if template.label == label and taken[template.symbol] < MOST_PER_SYMBOL:
            taken[template.symbol] += 1
            chosen.append(template)
    return sorted(chosen, key=lambda template: (template.symbol != label, template.symbol, template.record))
