"""The five AAMI classes of heartbeats, and the MIT-BIH annotation symbols that fall into each.

Sources: ANSI/AAMI EC57 (the classes), the PhysioNet annotation codes (the symbols), and Kachuee et al., "ECG Heartbeat
Classification: A Deep Transferable Representation" (2018), https://arxiv.org/abs/1805.00794, whose mapping the Kaggle
"Heartbeat" set follows. That mapping differs from EC57 in one place: paced beats are kept, as class Q.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class HeartbeatClass:
    """One AAMI class.

    Attributes
    ----------
    name : str
        What the class is called in words.
    symbols : dict of str to str
        The MIT-BIH annotation symbols of the class, with what each one means.
    colour : str
        The colour of the class in every figure (Okabe and Ito's palette, safe for colour-blind eyes).
    """

    name: str
    symbols: dict[str, str]
    colour: str


AAMI_CLASSES: dict[str, HeartbeatClass] = {
    "N": HeartbeatClass(
        "normal or bundle branch block",
        {
            "N": "normal beat",
            "L": "left bundle branch block beat",
            "R": "right bundle branch block beat",
            "e": "atrial escape beat",
            "j": "nodal (junctional) escape beat",
        },
        "#0072B2",
    ),
    "S": HeartbeatClass(
        "supraventricular ectopic",
        {
            "A": "atrial premature beat",
            "a": "aberrated atrial premature beat",
            "J": "nodal (junctional) premature beat",
            "S": "supraventricular premature beat",
        },
        "#E69F00",
    ),
    "V": HeartbeatClass(
        "ventricular ectopic",
        {"V": "premature ventricular contraction", "E": "ventricular escape beat"},
        "#D55E00",
    ),
    "F": HeartbeatClass("fusion", {"F": "fusion of ventricular and normal beat"}, "#CC79A7"),
    "Q": HeartbeatClass(
        "paced or unclassifiable",
        {"/": "paced beat", "f": "fusion of paced and normal beat", "Q": "unclassifiable beat"},
        "#009E73",
    ),
}
"""The classes in the order of the Kaggle label, which is the order of every probability vector in this project."""

LABELS: tuple[str, ...] = tuple(AAMI_CLASSES)

LABEL_OF_SYMBOL: dict[str, str] = {
    symbol: label for label, heartbeat_class in AAMI_CLASSES.items() for symbol in heartbeat_class.symbols
}

LABEL_OF_FURTHER_SYMBOL: dict[str, str] = {"B": "N", "n": "S", "r": "V", "?": "Q"}
"""Symbols of beats that other databases have and MIT-BIH has not: a bundle branch block that is not further described, a
supraventricular escape beat, an R-on-T premature ventricular contraction, and a beat that was not classified."""
