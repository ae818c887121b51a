"""Tell whether beats are alike because of their class or because of their patient.

A random split puts beats of every patient on both sides. If a test beat's nearest training beat is mostly one of the same
patient, a test score says how well patients are recognised who are known already.
"""

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.splits import patients

SEED = 0
POINTS_PER_CLASS = 600
"""As many of each class, or all there are, so that the rare ones are seen."""
COMPONENTS = 20
"""Principal components that are given to t-SNE."""
ALL_CLASSES = "all"


def projection_table(beat_table: BeatTable) -> pd.DataFrame:
    """Lay beats out in a plane, like ones close together.

    Principal components, then t-SNE: van der Maaten and Hinton (2008), Visualizing Data using t-SNE, JMLR 9:2579-2605. It
    keeps neighbours; distances between clusters and their sizes mean nothing.

    Parameters
    ----------
    beat_table : BeatTable
        The beats.

    Returns
    -------
    DataFrame
        One row a beat, at most 600 of each class drawn at random: ``x``, ``y``, ``class``, ``record``.
    """
    from sklearn.decomposition import PCA  # here: scikit-learn takes a second to load, and the demo only reads the tables
    from sklearn.manifold import TSNE

    generator = np.random.default_rng(SEED)
    drawn = [
        generator.permutation(np.flatnonzero(beat_table.labels == index))[:POINTS_PER_CLASS] for index in range(len(LABELS))
    ]
    rows = beat_table.rows(np.sort(np.concatenate(drawn)))
    components = PCA(COMPONENTS, random_state=SEED).fit_transform(rows.beats)
    with threadpool_limits(1):  # scikit-learn's threads spend their time waiting for one another here
        points = TSNE(random_state=SEED).fit_transform(components).astype(float).round(1)
    return pd.DataFrame({"x": points[:, 0], "y": points[:, 1], "class": np.array(LABELS)[rows.labels], "record": rows.records})


def neighbour_table(beat_table: BeatTable) -> pd.DataFrame:
    """Look for the training beat nearest to each test beat of the intra-patient protocol, by Euclidean distance.

    Parameters
    ----------
    beat_table : BeatTable
        The beats.

    Returns
    -------
    DataFrame
        One row a class and one for ``all``: the number of ``test_beats``; the share whose nearest training beat is of the
        ``same_patient``; what that share would be by ``chance``, for a training beat drawn from all, and by
        ``chance_within_class``, for one drawn from those of the beat's class; the share whose nearest training beat is of the
        right class (``right``), and the same where the beats of the same patient do not count (``right_among_others``).
    """
    train, test = beat_table.part("intra_patient", "train"), beat_table.part("intra_patient", "test")
    of_test = patients(test.records)
    found = pd.concat([_neighbours(train, test.rows(of_test == patient), patient) for patient in np.unique(of_test)])
    groups = pd.concat([found, found.assign(**{"class": ALL_CLASSES})]).groupby("class")
    table = groups.mean().round(4).reindex([*LABELS, ALL_CLASSES])
    table.insert(0, "test_beats", groups.size())
    return table.reset_index()


def _neighbours(train: BeatTable, test: BeatTable, patient: str) -> pd.DataFrame:
    """Look for the neighbours of the test beats of one patient: one row a beat."""
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
