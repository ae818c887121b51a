"""The protocols by which beats are divided into training, validation and test.

- ``intra_patient``: a stratified random split of all beats, as Kaggle's. The beats of one patient stand on both sides, so
  that a test score says little about other patients.
- ``inter_patient``: whole records are divided, DS1 for training and validation, DS2 for test: de Chazal et al. (2004),
  doi 10.1109/TBME.2004.827359. The paced records are left out. Records 201 (DS1) and 202 (DS2) are the same person.

The models of a third protocol, ``all_patients``, are for use: they are trained on everyone, the paced records too, so that no
test beats are left. What they are worth on strangers is told by cross-validation over the records.
"""

import numpy as np

from ecg.data.mitdb import DS1, DS2

DIVIDING_PROTOCOLS = ("intra_patient", "inter_patient")
"""Those that leave beats for a test."""
PROTOCOLS = (*DIVIDING_PROTOCOLS, "all_patients")
SPLITS = ("train", "val", "test")
SPLIT_SEED = 0
"""The split is part of the protocol: it stays the same whatever the seed of a training run."""
TEST_SHARE = 0.2
VALIDATION_SHARE = 0.1
"""Share of the beats outside the test set."""
INTER_PATIENT_VALIDATION = ("114", "124", "205", "223")
"""Records of DS1 kept for validation: four that hold all of N, S, V and F, and 16 % of the beats of DS1. They are there for
those who want one fixed split; the project's own models are chosen by cross-validation over DS1 (`record_folds`)."""
FOLDS = 5


def intra_patient_split(labels: np.ndarray) -> np.ndarray:
    """Divide beats at random, each class in the same proportions.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Class index of each beat.

    Returns
    -------
    ndarray of str, shape (n,)
        ``"train"``, ``"val"`` or ``"test"`` for each beat.
    """
    from sklearn.model_selection import train_test_split  # here: it takes a second, and the demo divides nothing

    others, _ = train_test_split(np.arange(len(labels)), test_size=TEST_SHARE, stratify=labels, random_state=SPLIT_SEED)
    split = np.full(len(labels), "test", dtype="<U5")
    split[others] = split_off_validation(labels[others])
    return split


def split_off_validation(labels: np.ndarray) -> np.ndarray:
    """Set a tenth of the beats aside for validation, each class in the same proportion.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Class index of each beat.

    Returns
    -------
    ndarray of str, shape (n,)
        ``"train"`` or ``"val"`` for each beat.
    """
    from sklearn.model_selection import train_test_split  # see intra_patient_split

    _, validation = train_test_split(
        np.arange(len(labels)), test_size=VALIDATION_SHARE, stratify=labels, random_state=SPLIT_SEED
    )
    split = np.full(len(labels), "train", dtype="<U5")
    split[validation] = "val"
    return split


def inter_patient_split(records: np.ndarray) -> np.ndarray:
    """Divide beats by the record they come from.

    Parameters
    ----------
    records : ndarray of str, shape (n,)
        Record of each beat.

    Returns
    -------
    ndarray of str, shape (n,)
        ``"train"``, ``"val"`` or ``"test"``; empty for a beat of a paced record, or of none.
    """
    validation = np.isin(records, INTER_PATIENT_VALIDATION)
    return np.select([validation, np.isin(records, DS1), np.isin(records, DS2)], ["val", "train", "test"], default="")


def record_folds(labels: np.ndarray, records: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Divide beats into five parts of whole patients, each class as evenly as that allows.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Class index of each beat.
    records : ndarray of str, shape (n,)
        Record of each beat.

    Returns
    -------
    list of (ndarray of int, ndarray of int)
        For each part the positions of the beats that are not in it, and of those that are.
    """
    from sklearn.model_selection import StratifiedGroupKFold  # see intra_patient_split

    return list(StratifiedGroupKFold(FOLDS).split(labels, labels, patients(records)))


def patients(records: np.ndarray) -> np.ndarray:
    """Name the patient of each beat.

    Parameters
    ----------
    records : ndarray of str, shape (n,)
        Record of each beat.

    Returns
    -------
    ndarray of str, shape (n,)
        The record, or the first one of the person who has two.
    """
    return np.where(records == "202", "201", records)
