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

ECTOPIC = ("S", "V")
"""The classes of ectopic beats: supraventricular and ventricular."""

LABEL_OF_SYMBOL: dict[str, str] = {
    symbol: label for label, heartbeat_class in AAMI_CLASSES.items() for symbol in heartbeat_class.symbols
}

LABEL_OF_FURTHER_SYMBOL: dict[str, str] = {"B": "N", "n": "S", "r": "V", "?": "Q"}
"""Symbols of beats that other databases have and MIT-BIH has not: a bundle branch block that is not further described, a
supraventricular escape beat, an R-on-T premature ventricular contraction, and a beat that was not classified."""

APPEARANCE: dict[str, str] = {
    "N": "A narrow QRS complex after a P wave, in step with the beats around it.",
    "L": "A wide, often notched QRS complex after a P wave; ST segment and T wave point the other way.",
    "R": "A wide QRS complex after a P wave; in lead II its end is a broad, slurred S wave.",
    "e": "A narrow QRS complex that comes late, after a P wave of another shape than the usual one.",
    "j": "A narrow QRS complex that comes late, with no P wave before it, or an inverted one close to it.",
    "A": "It comes early, with the QRS complex of a normal beat; its P wave has another shape, or hides in the T wave before.",
    "a": "It comes early, as A does, but its QRS complex is widened: a branch of the conduction system has not recovered yet.",
    "J": "It comes early, with a narrow QRS complex and no P wave before it, or an inverted one close to it.",
    "S": "It comes early, with a narrow QRS complex; whether from the atria or from the junction cannot be told.",
    "V": "A wide QRS complex of another shape, no P wave before it; early, with a pause after it; T points the other way.",
    "E": "A wide QRS complex, as of V, but it comes late, where no other beat has come.",
    "F": "A cross of the patient's normal and ventricular beats, in shape and width: both spread at once. It comes on time.",
    "/": "A thin spike of the pacemaker right before a wide QRS complex.",
    "f": "A spike of the pacemaker, and a QRS complex between a paced one and the patient's own.",
    "Q": "Nothing certain: noise, or a shape that could not be named.",
}
"""What a doctor sees in a beat, by its MIT-BIH symbol. Source: Wagner and Strauss, "Marriott's Practical Electrocardiography",
12th edition (2014)."""

NOT_IN_A_BEAT = (
    "This beat begins at its R peak: the P wave, the start of the QRS complex and a pacemaker's spike come before, and "
    "whether it came early or late cannot be seen; how soon the next one follows can."
)
"""What of that a Kaggle beat does not show."""


def appearance(symbol: str) -> str:
    """Say what a doctor sees in a beat.

    Parameters
    ----------
    symbol : str
        Its MIT-BIH symbol.

    Returns
    -------
    str
        Sentences of Markdown; the last one tells what a Kaggle beat does not show of it.
    """
    return f"**What a doctor sees in {symbol}:** {APPEARANCE[symbol]} {NOT_IN_A_BEAT}"
