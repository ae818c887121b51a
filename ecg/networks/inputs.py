"""What a model is given of a beat: the Kaggle beat, or the beat in context, whole or in part.

The parts are there for the ablation, which tells what each of them is worth on patients never seen.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ecg.data.beat_table import Corpus
from ecg.errors import InputError
from ecg.signal.context_beat import ContextBeats

Inputs = dict[str, np.ndarray]
"""Arrays of n rows by the name of the model's input: ``"beat"`` and, with some, ``"rhythm"``."""
INPUTS: dict[str, Callable[[Corpus], Inputs]] = {
    "kaggle_beat": lambda corpus: {"beat": corpus.beats},
    "context_beat": lambda corpus: {"beat": _context(corpus).beats[:, :, :1]},
    "context_rhythm": lambda corpus: {"beat": _context(corpus).beats[:, :, :1], "rhythm": _context(corpus).rhythm},
    "context": lambda corpus: {"beat": _context(corpus).beats, "rhythm": _context(corpus).rhythm},
}
"""The inputs by name: functions of the table of beats. The last one is the beat in context, whole."""
INPUTS_OF_PROTOCOL = {"intra_patient": "kaggle_beat", "inter_patient": "context", "all_patients": "context"}
"""What the models of each protocol are given, unless an ablation is asked for."""


def for_keras(inputs: Inputs) -> Inputs | np.ndarray:
    """Return inputs in the structure of the models: an array where there is but one, else arrays by name.

    Parameters
    ----------
    inputs : dict of str to ndarray
        The inputs.

    Returns
    -------
    ndarray or dict of str to ndarray
        What a model's methods take.
    """
    return inputs if len(inputs) > 1 else inputs["beat"]


def is_ablation(protocol: str, inputs: str) -> bool:
    """Tell whether models are given something else than those of their protocol are.

    Parameters
    ----------
    protocol : str
        One of `ecg.data.splits.PROTOCOLS`.
    inputs : str
        A key of `INPUTS`.

    Returns
    -------
    bool
        Whether they are.
    """
    return inputs != INPUTS_OF_PROTOCOL[protocol]


def place(protocol: str, inputs: str) -> Path:
    """Say where runs, models and results stand, below the folder of each.

    Parameters
    ----------
    protocol : str
        One of `ecg.data.splits.PROTOCOLS`.
    inputs : str
        A key of `INPUTS`.

    Returns
    -------
    Path
        ``<protocol>``, or ``ablation/<inputs>/<protocol>``.
    """
    return Path("ablation") / inputs / protocol if is_ablation(protocol, inputs) else Path(protocol)


def _context(corpus: Corpus) -> ContextBeats:
    if corpus.context is None:
        raise InputError(
            "These beats are not known in their context: Kaggle's files lack the recordings around them. Train on the raw "
            "records (--mitdb DIR)."
        )
    return corpus.context
