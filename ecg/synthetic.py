"""Generated beats, for smoke runs and tests on machines that have no records."""

import numpy as np

from ecg.classes import LABELS
from ecg.corpus import Corpus
from ecg.splits import inter_patient_split, intra_patient_split
from ecg.templates import load_templates

BEATS_PER_TEMPLATE = 40
NOISE = 0.03
"""Standard deviation of the noise, where a beat reaches from 0 to 1."""


def generate_corpus(seed: int = 0) -> Corpus:
    """Generate beats: the shipped templates, with noise.

    Parameters
    ----------
    seed : int, optional
        Seed of the noise.

    Returns
    -------
    Corpus
        2,480 beats. Record and symbol are those of the template; ``samples`` merely counts.
    """
    templates = load_templates()
    clean = np.repeat([template.beat for template in templates], BEATS_PER_TEMPLATE, axis=0)
    noise = np.random.default_rng(seed).normal(0, NOISE, clean.shape)
    beats = np.where(clean > 0, np.clip(clean + noise, 0, 1), 0).astype(np.float32)
    labels = np.repeat([LABELS.index(template.label) for template in templates], BEATS_PER_TEMPLATE)
    records = np.repeat([template.record for template in templates], BEATS_PER_TEMPLATE)
    return Corpus(
        beats=beats,
        labels=labels,
        symbols=np.repeat([template.symbol for template in templates], BEATS_PER_TEMPLATE),
        records=records,
        samples=np.arange(len(labels)),
        splits={"intra_patient": intra_patient_split(labels), "inter_patient": inter_patient_split(records)},
    )
