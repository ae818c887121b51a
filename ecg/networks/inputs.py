"""Inputs of the models: the Kaggle beat, or the beat in context, whole or in part.

The parts serve the ablation study, which measures what each of them contributes under the inter-patient protocol.
"""

from collections.abc import Callable

import numpy as np

from ecg.data.beat_table import BeatTable
from ecg.errors import InputError
from ecg.signal.context_beat import ContextBeats

Inputs = dict[str, np.ndarray]
"""Arrays of n rows by name of the model's input: ``"beat"`` and, for some models, ``"rhythm"`` (the RR features)."""
INPUTS: dict[str, Callable[[BeatTable], Inputs]] = {
    "kaggle_beat": lambda beat_table: {"beat": beat_table.beats},
    "context_beat": lambda beat_table: {"beat": _context(beat_table).beats[:, :, :1]},
    "context_rhythm": lambda beat_table: {"beat": _context(beat_table).beats[:, :, :1], "rhythm": _context(beat_table).rhythm},
    "context": lambda beat_table: {"beat": _context(beat_table).beats, "rhythm": _context(beat_table).rhythm},
}
"""Functions from the table of beats to the inputs, by name. ``"context"`` is the whole beat in context."""
INPUTS_OF_PROTOCOL = {"intra_patient": "kaggle_beat", "inter_patient": "context", "all_patients": "context"}
"""Inputs of each protocol, except in the ablation study."""


def for_keras(inputs: Inputs) -> Inputs | np.ndarray:
    """Return inputs in the structure that a model's methods take: the array alone if there is only one, else the dict."""
    return inputs if len(inputs) > 1 else inputs["beat"]


def _context(beat_table: BeatTable) -> ContextBeats:
    if beat_table.context is None:
        raise InputError(
            "These beats have no context: Kaggle's files lack the recordings around them. "
            "Train on the raw records (--mitdb DIR)."
        )
    return beat_table.context
