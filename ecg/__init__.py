"""Heartbeats from ECG recordings: cutting, splitting, five classifiers, and their honest evaluation."""
