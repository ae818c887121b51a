"""Rhythms made up for training: what twenty patients have not shown a network, it can augment_rr.

Among the training patients of the inter-patient protocol one man has two in five of all S beats, nobody has them as the rule
rather than the exception, and two have atrial fibrillation. Whether a beat is ectopic is told from the rhythm alone (see
`ecg.networks.architectures`), and rhythms can be made: from the RR intervals between N beats of a patient, some of which are cut short,
seldom or mostly, singly or in runs, with a pause behind or none; and, as a warning, those of atrial fibrillation, where short
intervals mean nothing.
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
"""Shares of ectopic beats in the made-up rhythms of a patient."""
FIBRILLATIONS = 4
"""Made-up fibrillations a patient."""
BEATS = 1200
"""Beats of a made-up rhythm."""
FEWEST = 300
"""With fewer N intervals a patient's own rhythm is not known well enough."""
REGULAR = 0.06
"""Median change from one interval to the next, as a share, above which nothing premature is made up: it would mean nothing."""
N, S = LABELS.index("N"), LABELS.index("S")
Made = tuple[np.ndarray, np.ndarray]
"""Times of n beats in s, and for each of them whether it is ectopic."""


def augment_rr(beats: BeatTable, share: float, seed: int) -> BeatTable:
    """Give a share of the N beats a made-up rhythm, in which some of them are S.

    Parameters
    ----------
    beats : BeatTable
        Training beats, whole records of them, in their context.
    share : float
        Share of the N beats, 0 to 1.
    seed : int
        Seed of all that is random.

    Returns
    -------
    BeatTable
        The same beats; those chosen have a rhythm vector from a rhythm made for their patient, and the class they have in it.
    """
    generator = np.random.default_rng(seed)
    given = INPUTS["context"](beats)
    labels, rhythm = beats.labels.copy(), given["rhythm"].copy()
    for record in np.unique(beats.records):
        of_record = np.flatnonzero(beats.records == record)
        normal = of_record[beats.labels[of_record] == N]
        chosen = normal[generator.random(len(normal)) < share]
        made = _make(_normal_intervals(beats.rows(of_record)), generator)
        vectors = np.concatenate([rhythm_vectors(times) for times, _ in made])
        ectopic = np.concatenate([is_ectopic for _, is_ectopic in made])
        drawn = generator.integers(len(vectors), size=len(chosen))
        rhythm[chosen], labels[chosen] = vectors[drawn], np.where(ectopic[drawn], S, N)
    return replace(beats, labels=labels, context=ContextBeats(given["beat"], rhythm))


def _normal_intervals(record: BeatTable) -> np.ndarray:
    normal = record.labels == N
    return np.diff(record.samples)[normal[1:] & normal[:-1]] / FS


def _make(intervals: np.ndarray, generator: np.random.Generator) -> list[Made]:
    made = [fibrillation(generator) for _ in range(FIBRILLATIONS)]
    if len(intervals) >= FEWEST and np.median(np.abs(np.diff(np.log(intervals)))) < REGULAR:
        made += [ectopy(intervals, density, generator) for density in DENSITIES]
    return made


def ectopy(intervals: np.ndarray, density: float, generator: np.random.Generator) -> Made:
    """Cut some RR intervals short.

    Parameters
    ----------
    intervals : ndarray of float, shape (m,)
        RR intervals between N beats of a patient in s, in the order of time.
    density : float
        Share of ectopic beats; fewer where runs are drawn too short for it.
    generator : numpy.random.Generator
        Draws how premature they are (0.4 to 0.8 of the interval), the pause behind (1 to 1.5) and how often one follows
        another.

    Returns
    -------
    times, is_ectopic : ndarray, shape (1201,)
        The rhythm.
    """
    intervals = np.resize(intervals, BEATS)
    goes_on = generator.uniform(0, 0.8 if density > 0.3 else 0.4)
    begins = min(density * (1 - goes_on) / (1 - density), 1.0)
    runs = np.stack([generator.geometric(begins, BEATS), generator.geometric(1 - goes_on, BEATS)], axis=1).ravel()
    ectopic = np.repeat(np.tile([False, True], BEATS), runs)[:BEATS]
    after = np.append(False, ectopic[:-1]) & ~ectopic
    premature, pause = (
        np.exp(generator.normal(np.log(generator.uniform(*between)), 0.06, BEATS)) for between in ((0.4, 0.8), (1.0, 1.5))
    )
    intervals = intervals * np.where(ectopic, premature, np.where(after, pause, 1.0))
    return np.append(0, np.cumsum(intervals)), np.append(False, ectopic)


def fibrillation(generator: np.random.Generator) -> Made:
    """Make up the rhythm of atrial fibrillation: every interval another, and no beat ectopic.

    Parameters
    ----------
    generator : numpy.random.Generator
        Draws the rate, how widely the intervals are spread, how skewed, and how much the rate drifts.

    Returns
    -------
    times, is_ectopic : ndarray, shape (1201,)
        The rhythm.
    """
    drawn = generator.normal(size=BEATS)
    drawn += generator.uniform(-0.3, 0.6) * (drawn**2 - 1) / 2
    drift = ndimage.gaussian_filter1d(generator.normal(size=BEATS), 20) * generator.uniform(0, 0.5)
    logs = np.log(generator.uniform(0.5, 1.1)) + generator.uniform(0.1, 0.3) * drawn + drift
    intervals = np.exp(np.clip(logs, np.log(0.28), np.log(2.2)))
    return np.append(0, np.cumsum(intervals)), np.zeros(BEATS + 1, dtype=bool)
