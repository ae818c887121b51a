"""The protocols by which beats are divided into training, validation and test.

- ``intra_patient``: a stratified random split of all beats, as Kaggle's. The beats of one patient are on both sides, so
  that the test score says little about other patients.
- ``inter_patient``: whole records are divided, DS1 for training and validation, DS2 for test: de Chazal et al. (2004),
  doi 10.1109/TBME.2004.827359. The paced records are left out. Records 201 (DS1) and 202 (DS2) are the same person.

The models of a third protocol, ``all_patients``, are for people's own recordings: they are trained on all records, the paced
ones too. No test beats are left; they are evaluated by cross-validation over the records.
"""

import numpy as np

from ecg.data.mitdb import DS1, DS2

DIVIDING_PROTOCOLS = ("intra_patient", "inter_patient")
"""The protocols with a test split."""
PROTOCOLS = (*DIVIDING_PROTOCOLS, "all_patients")
SPLITS = ("train", "val", "test")
SPLIT_SEED = 0
"""The split is part of the protocol: it stays the same whatever the seed of a training run."""
TEST_SHARE = 0.2
VALIDATION_SHARE = 0.1
"""Share of the beats outside the test set."""
INTER_PATIENT_VALIDATION = ("114", "124", "205", "223")
"""Records of DS1 for validation: four that hold all of N, S, V and F, and 16 % of the beats of DS1. They are for people who
want one fixed split; the project's own models are chosen by cross-validation over DS1 (`record_folds`)."""
FOLDS = 5


def intra_patient_split(labels: np.ndarray) -> np.ndarray:
    """Divide beats at random, each class in the same proportions.

    `labels` holds the class index of each beat, shape (n,). Returns ``"train"``, ``"val"`` or ``"test"`` for each beat.
    """
    from sklearn.model_selection import train_test_split  # here: it takes a second, and the demo divides nothing

    others, _ = train_test_split(np.arange(len(labels)), test_size=TEST_SHARE, stratify=labels, random_state=SPLIT_SEED)
    split = np.full(len(labels), "test", dtype="<U5")
    split[others] = split_off_validation(labels[others])
    return split


def split_off_validation(labels: np.ndarray) -> np.ndarray:
    """Set a tenth of the beats aside for validation, each class in the same proportion.

    `labels` holds the class index of each beat, shape (n,). Returns ``"train"`` or ``"val"`` for each beat.
    """
    from sklearn.model_selection import train_test_split  # see intra_patient_split

    _, validation = train_test_split(
        np.arange(len(labels)), test_size=VALIDATION_SHARE, stratify=labels, random_state=SPLIT_SEED
    )
    split = np.full(len(labels), "train", dtype="<U5")
    split[validation] = "val"
    return split


def inter_patient_split(records: np.ndarray) -> np.ndarray:
    """Divide beats by the record of each, shape (n,).

    Returns ``"train"``, ``"val"`` or ``"test"`` for each beat; an empty string for a beat of a paced record or of none.
    """
    validation = np.isin(records, INTER_PATIENT_VALIDATION)
    return np.select([validation, np.isin(records, DS1), np.isin(records, DS2)], ["val", "train", "test"], default="")


def record_folds(labels: np.ndarray, records: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Divide beats into five folds of whole patients, with each class distributed as evenly as possible.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Class index of each beat.
    records : ndarray of str, shape (n,)
        Record of each beat.

    Returns
    -------
    list of (ndarray of int, ndarray of int)
        For each fold the positions of the beats outside it, and of those in it.
    """
    from sklearn.model_selection import StratifiedGroupKFold  # see intra_patient_split

    return list(StratifiedGroupKFold(FOLDS).split(labels, labels, patients(records)))


def patients(records: np.ndarray) -> np.ndarray:
    """Return the patient of each beat: its record, but 201 for both records of one person (201 and 202)."""
    return np.where(records == "202", "201", records)
