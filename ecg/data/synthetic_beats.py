"""Beats made from the shipped templates, for checks, smoke runs and tests on machines that have no records."""

from dataclasses import replace

import numpy as np

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.splits import inter_patient_split, intra_patient_split
from ecg.data.templates import load_templates
from ecg.signal.context_beat import ContextBeats, cut_context_beats
from ecg.signal.kaggle_beat import BEAT_FS, beat_lengths

BEATS_PER_TEMPLATE = 40
NOISE = 0.03
"""Standard deviation of the noise, where a beat reaches from 0 to 1."""


def generate_beats(seed: int = 0, beats_per_template: int = BEATS_PER_TEMPLATE) -> BeatTable:
    """Generate beats: each of the 62 shipped templates, repeated, with noise.

    Record and symbol are those of the template; ``samples`` only counts the beats.
    """
    beat_table = _beats_of_templates(beats_per_template, np.random.default_rng(seed))
    splits = {
        "intra_patient": intra_patient_split(beat_table.labels),
        "inter_patient": inter_patient_split(beat_table.records),
    }
    return replace(beat_table, splits=splits)


def template_beats() -> BeatTable:
    """Return the 62 shipped templates as a table of beats; they belong to no split."""
    return _beats_of_templates(1, None)


def _beats_of_templates(times: int, noise: np.random.Generator | None) -> BeatTable:
    templates = load_templates()
    beats = np.repeat([template.beat for template in templates], times, axis=0)
    if noise is not None:
        beats = np.where(beats > 0, np.clip(beats + noise.normal(0, NOISE, beats.shape), 0, 1), 0)
    beats = beats.astype(np.float32)
    labels = np.repeat([LABELS.index(template.label) for template in templates], times)
    records = np.repeat([template.record for template in templates], times)
    return BeatTable(
        beats=beats,
        labels=labels,
        symbols=np.repeat([template.symbol for template in templates], times),
        records=records,
        samples=np.arange(len(labels)),
        splits={},
        context=_context_of_a_row(beats),
    )


def _context_of_a_row(beats: np.ndarray) -> ContextBeats:
    """Cut beats in context from the beats, put one after another like one recording."""
    intervals = np.maximum(np.round(beat_lengths(beats) / 1.2).astype(int), 2)  # a beat reaches a fifth into the next
    signal = np.concatenate([beat[:interval] for beat, interval in zip(beats, intervals, strict=True)])
    return cut_context_beats(signal, BEAT_FS, np.cumsum(intervals) - intervals)
