"""Measure whether beats are similar because of their class or because of their patient.

A random split has beats of every patient in training and in test. If the training beat nearest to a test beat is mostly one of
the same patient, the test score partly measures how well a model recognises patients it was trained on.
"""

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.splits import patients

SEED = 0
POINTS_PER_CLASS = 600
"""At most this many beats of each class are drawn, so that rare classes are visible."""
COMPONENTS = 20
"""Number of principal components that t-SNE is given."""
ALL_CLASSES = "all"


def projection_table(beat_table: BeatTable) -> pd.DataFrame:
    """Project beats to a plane in which similar beats are close: principal components, then t-SNE.

    t-SNE keeps neighbours; the distances between clusters and their sizes mean nothing. Source: van der Maaten and Hinton
    (2008), Visualizing Data using t-SNE, JMLR 9:2579-2605.

    Returns
    -------
    DataFrame
        ``x``, ``y``, ``class`` and ``record`` of at most 600 random beats of each class.
    """
    from sklearn.decomposition import PCA  # imported here: it takes a second, and the demo only reads the tables
    from sklearn.manifold import TSNE

    generator = np.random.default_rng(SEED)
    drawn = [
        generator.permutation(np.flatnonzero(beat_table.labels == index))[:POINTS_PER_CLASS] for index in range(len(LABELS))
    ]
    rows = beat_table.rows(np.sort(np.concatenate(drawn)))
    components = PCA(COMPONENTS, random_state=SEED).fit_transform(rows.beats)
    with threadpool_limits(1):  # more threads of scikit-learn only wait for one another here
        points = TSNE(random_state=SEED).fit_transform(components).astype(float).round(1)
    return pd.DataFrame({"x": points[:, 0], "y": points[:, 1], "class": np.array(LABELS)[rows.labels], "record": rows.records})


def neighbour_table(beat_table: BeatTable) -> pd.DataFrame:
    """Find the nearest training beat (Euclidean distance) of each test beat of the intra-patient protocol.

    Returns
    -------
    DataFrame
        One row for each class and one for ``all``: number of ``test_beats``; share whose nearest training beat is of the
        ``same_patient``; the same share by ``chance``, for a training beat drawn from all, and by ``chance_within_class``, for
        one drawn from the class of the beat; share whose nearest training beat is of the same class (``right``), and the same
        without the training beats of the same patient (``right_among_others``).
    """
    train, test = beat_table.part("intra_patient", "train"), beat_table.part("intra_patient", "test")
    of_test = patients(test.records)
    found = pd.concat([_neighbours(train, test.rows(of_test == patient), patient) for patient in np.unique(of_test)])
    groups = pd.concat([found, found.assign(**{"class": ALL_CLASSES})]).groupby("class")
    table = groups.mean().round(4).reindex([*LABELS, ALL_CLASSES])
    table.insert(0, "test_beats", groups.size())
    return table.reset_index()


def _neighbours(train: BeatTable, test: BeatTable, patient: str) -> pd.DataFrame:
    """Compare the test beats of one patient with the training beats; return one row for each beat."""
    own = patients(train.records) == patient
    near_own, label_of_own = _nearest(test.beats, train.beats[own], train.labels[own])
    near_others, label_of_others = _nearest(test.beats, train.beats[~own], train.labels[~own])
    same = near_own < near_others
    of_patient, of_all = (np.bincount(labels, minlength=len(LABELS)) for labels in (train.labels[own], train.labels))
    return pd.DataFrame(
        {
            "class": np.array(LABELS)[test.labels],
            "same_patient": same,
            "chance": own.mean(),
            "chance_within_class": (of_patient / np.maximum(of_all, 1))[test.labels],
            "right": np.where(same, label_of_own, label_of_others) == test.labels,
            "right_among_others": label_of_others == test.labels,
        }
    )


def _nearest(beats: np.ndarray, among: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return distance and label of the nearest beat; infinity and -1 where there is none."""
    from sklearn.metrics import pairwise_distances_argmin_min  # see projection_table

    if not len(among):
        return np.full(len(beats), np.inf), np.full(len(beats), -1)
    position, distance = pairwise_distances_argmin_min(beats, among)
    return distance, labels[position]
