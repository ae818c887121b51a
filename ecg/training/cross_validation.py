"""Train a model and get its logits for beats it was not trained on: for calibration, threshold and choice of the seed.

Under the intra-patient protocol those beats are the validation split. Under the inter-patient protocol no few records
represent new patients (of DS1's 415 fusion beats one record has 373). There all of DS1 is used for both training and
validation, by cross-validation over whole records; the model itself is trained on all of them.
"""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.splits import FOLDS, patients, record_folds
from ecg.evaluation.calibration import logits_of
from ecg.networks.inputs import INPUTS, for_keras
from ecg.training.config import NetworkRun
from ecg.training.fit import fit


@dataclass(frozen=True)
class Validated:
    """A trained model and its validation.

    Attributes
    ----------
    model : keras.Model
        The model, not compiled.
    beats : BeatTable
        The n validation beats.
    logits : ndarray of float64, shape (n, 5)
        Their logits: of the model itself or, in cross-validation, of a model that was not trained on their record.
    groups : ndarray of str, shape (n,), or None
        Patient of each beat in cross-validation. Fits to the logits are validated over whole patients too.
    """

    model: keras.Model
    beats: BeatTable
    logits: np.ndarray
    groups: np.ndarray | None


def train_and_validate(run: NetworkRun, parts: dict[str, BeatTable], folder: Path, title: str) -> Validated:
    """Train a model and classify the validation beats.

    Parameters
    ----------
    run : NetworkRun
        Settings of the training.
    parts : dict of str to BeatTable
        The beats of ``train`` and ``val``. Without ``val``: cross-validation over the records of ``train``.
    folder : Path
        Folder of the run; each fold of cross-validation has its own inside.
    title : str
        Name of the run in the progress bar.

    Returns
    -------
    Validated
        The model and its validation.
    """
    if "val" not in parts:
        return _cross_validate(run, parts["train"], folder, title)
    model = fit(run, parts["train"], parts["val"], folder, title)
    return Validated(model, parts["val"], logits_of(model, for_keras(INPUTS[run.inputs](parts["val"]))), None)


def _cross_validate(run: NetworkRun, train: BeatTable, folder: Path, title: str) -> Validated:
    logits = np.empty((len(train.labels), len(LABELS)))
    for number, (seen, held_out) in enumerate(record_folds(train.labels, train.records), start=1):
        model = fit(run, train.rows(seen), None, folder / f"fold{number}", f"{title}, fold {number} of {FOLDS}")
        logits[held_out] = logits_of(model, for_keras(INPUTS[run.inputs](train.rows(held_out))))
    return Validated(fit(run, train, None, folder, title), train, logits, patients(train.records))
