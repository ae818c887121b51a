"""Classify heartbeats in ECG recordings with five neural networks.

    import ecg

    recording = ecg.read_recording("100.hea")                 # `.signal`, `.fs`, `.lead`, `.unit`, ...
    beats = ecg.classify(recording.signal, recording.fs)      # a DataFrame, one row a beat

Names are loaded when they are first used. None of them needs TensorFlow.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecg.inference.signal_classification import classify_signal as classify
    from ecg.inference.signal_classification import load_models
    from ecg.io.readers import read_recording
    from ecg.signal.context_beat import cut_context_beats
    from ecg.signal.kaggle_beat import cut_kaggle_beats
    from ecg.signal.r_peaks import find_peaks as find_r_peaks

__version__ = "0.1.0"
__all__ = ["classify", "cut_context_beats", "cut_kaggle_beats", "find_r_peaks", "load_models", "read_recording"]
_SOURCES = {
    "classify": ("ecg.inference.signal_classification", "classify_signal"),
    "cut_context_beats": ("ecg.signal.context_beat", "cut_context_beats"),
    "cut_kaggle_beats": ("ecg.signal.kaggle_beat", "cut_kaggle_beats"),
    "find_r_peaks": ("ecg.signal.r_peaks", "find_peaks"),
    "load_models": ("ecg.inference.signal_classification", "load_models"),
    "read_recording": ("ecg.io.readers", "read_recording"),
}


def __getattr__(name: str) -> Any:
    if name not in _SOURCES:
        raise AttributeError(f"module 'ecg' has no attribute {name!r}")
    module, attribute = _SOURCES[name]
    return getattr(import_module(module), attribute)
