"""Synthetic RR augmentation: training beats get the RR features of synthetic rhythms that the training patients lack.

Among the training patients of the inter-patient protocol one has two in five of all S beats, in none are S beats the rule, and
two have atrial fibrillation. Whether a beat is ectopic is decided from the RR features alone (see
`ecg.networks.architectures`), and rhythms can be synthesised. They start from a patient's RR intervals between N beats. Some
of these are shortened: rarely or often, singly or in runs, with or without a pause after them. Rhythms of atrial fibrillation
are added as counter-examples: there a short interval means nothing.
"""

from dataclasses import replace

import numpy as np
from scipy import ndimage

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.mitdb import FS
from ecg.networks.inputs import INPUTS
from ecg.signal.context_beat import ContextBeats
from ecg.signal.rr_features import rhythm_vectors

DENSITIES = (0.02, 0.1, 0.3, 0.6, 0.8)
"""Shares of ectopic beats in the synthetic rhythms of a patient."""
FIBRILLATIONS = 4
"""Synthetic rhythms of atrial fibrillation for each patient."""
BEATS = 1200
"""Intervals of a synthetic rhythm."""
FEWEST_INTERVALS = 300
"""Fewest intervals between N beats from which the rhythm of a patient is synthesised."""
MOST_IRREGULAR = 0.06
"""Greatest median change between successive intervals, as a share. In a less regular rhythm a short interval means nothing."""
N, S = LABELS.index("N"), LABELS.index("S")
Rhythm = tuple[np.ndarray, np.ndarray]
"""Times of n beats in s, and whether each is ectopic."""


def augment_rr(beats: BeatTable, share: float, seed: int) -> BeatTable:
    """Give a share of the N beats a synthetic rhythm, in which some of them are S.

    Parameters
    ----------
    beats : BeatTable
        Training beats of whole records, in their context.
    share : float
        Share of the N beats, 0 to 1.
    seed : int
        Seed of all random draws.

    Returns
    -------
    BeatTable
        The same beats. Those drawn have RR features and class from a rhythm that was synthesised for their patient.
    """
    generator = np.random.default_rng(seed)
    given = INPUTS["context"](beats)
    labels, rhythm = beats.labels.copy(), given["rhythm"].copy()
    for record in np.unique(beats.records):
        of_record = np.flatnonzero(beats.records == record)
        normal = of_record[beats.labels[of_record] == N]
        chosen = normal[generator.random(len(normal)) < share]
        rhythms = _synthesise(_normal_intervals(beats.rows(of_record)), generator)
        vectors = np.concatenate([rhythm_vectors(times) for times, _ in rhythms])
        ectopic = np.concatenate([is_ectopic for _, is_ectopic in rhythms])
        drawn = generator.integers(len(vectors), size=len(chosen))
        rhythm[chosen], labels[chosen] = vectors[drawn], np.where(ectopic[drawn], S, N)
    return replace(beats, labels=labels, context=ContextBeats(given["beat"], rhythm))


def _normal_intervals(record: BeatTable) -> np.ndarray:
    normal = record.labels == N
    return np.diff(record.samples)[normal[1:] & normal[:-1]] / FS


def _synthesise(intervals: np.ndarray, generator: np.random.Generator) -> list[Rhythm]:
    rhythms = [fibrillation(generator) for _ in range(FIBRILLATIONS)]
    if len(intervals) >= FEWEST_INTERVALS and np.median(np.abs(np.diff(np.log(intervals)))) < MOST_IRREGULAR:
        rhythms += [ectopy(intervals, density, generator) for density in DENSITIES]
    return rhythms


def ectopy(intervals: np.ndarray, density: float, generator: np.random.Generator) -> Rhythm:
    """Shorten some RR intervals.

    Parameters
    ----------
    intervals : ndarray of float, shape (m,)
        RR intervals between N beats of a patient in s, in temporal order.
    density : float
        Share of ectopic beats; less where the drawn runs are too short for it.
    generator : numpy.random.Generator
        Draws prematurity (0.4 to 0.8 of the interval), pause (1 to 1.5) and length of the runs.

    Returns
    -------
    times, is_ectopic : ndarray, shape (1201,)
        The rhythm; times in s.
    """
    intervals = np.resize(intervals, BEATS)
    continuation = generator.uniform(0, 0.8 if density > 0.3 else 0.4)
    onset = min(density * (1 - continuation) / (1 - density), 1.0)
    runs = np.stack([generator.geometric(onset, BEATS), generator.geometric(1 - continuation, BEATS)], axis=1).ravel()
    ectopic = np.repeat(np.tile([False, True], BEATS), runs)[:BEATS]
    after = np.append(False, ectopic[:-1]) & ~ectopic
    premature, pause = (
        np.exp(generator.normal(np.log(generator.uniform(*between)), 0.06, BEATS)) for between in ((0.4, 0.8), (1.0, 1.5))
    )
    intervals = intervals * np.where(ectopic, premature, np.where(after, pause, 1.0))
    return np.append(0, np.cumsum(intervals)), np.append(False, ectopic)


def fibrillation(generator: np.random.Generator) -> Rhythm:
    """Synthesise a rhythm of atrial fibrillation: irregular intervals and no ectopic beat.

    Parameters
    ----------
    generator : numpy.random.Generator
        Draws rate, spread, skewness and drift of the intervals.

    Returns
    -------
    times, is_ectopic : ndarray, shape (1201,)
        The rhythm; times in s.
    """
    drawn = generator.normal(size=BEATS)
    drawn += generator.uniform(-0.3, 0.6) * (drawn**2 - 1) / 2
    drift = ndimage.gaussian_filter1d(generator.normal(size=BEATS), 20) * generator.uniform(0, 0.5)
    logs = np.log(generator.uniform(0.5, 1.1)) + generator.uniform(0.1, 0.3) * drawn + drift
    intervals = np.exp(np.clip(logs, np.log(0.28), np.log(2.2)))
    return np.append(0, np.cumsum(intervals)), np.zeros(BEATS + 1, dtype=bool)
