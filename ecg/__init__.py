"""Heartbeats from ECG recordings: cutting, splitting, five classifiers, and their honest evaluation."""

__version__ = "0.1.0"
