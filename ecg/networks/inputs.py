"""What a model is given of a beat: the Kaggle beat, or the beat in context, whole or in part.

The parts are there for the ablation, which tells what each of them is worth on patients never seen.
"""

from collections.abc import Callable

import numpy as np

from ecg.data.beat_table import BeatTable
from ecg.errors import InputError
from ecg.signal.context_beat import ContextBeats

Inputs = dict[str, np.ndarray]
"""Arrays of n rows by the name of the model's input: ``"beat"`` and, with some, ``"rhythm"``."""
INPUTS: dict[str, Callable[[BeatTable], Inputs]] = {
    "kaggle_beat": lambda beat_table: {"beat": beat_table.beats},
    "context_beat": lambda beat_table: {"beat": _context(beat_table).beats[:, :, :1]},
    "context_rhythm": lambda beat_table: {"beat": _context(beat_table).beats[:, :, :1], "rhythm": _context(beat_table).rhythm},
    "context": lambda beat_table: {"beat": _context(beat_table).beats, "rhythm": _context(beat_table).rhythm},
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


def _context(beat_table: BeatTable) -> ContextBeats:
    if beat_table.context is None:
        raise InputError(
            "These beats are not known in their context: Kaggle's files lack the recordings around them. Train on the raw "
            "records (--mitdb DIR)."
        )
    return beat_table.context
