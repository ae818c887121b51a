"""Train a model, and hear what it says of beats it has not learned from: on those it is calibrated, judged and chosen.

Under the intra-patient protocol those are the validation split. Under the inter-patient protocol no few records can stand for
people never seen (of DS1's 415 fusion beats one record holds 373), so that all of DS1 is used for both, by cross-validation
over whole records; the model itself then learns from all of them.
"""

from pathlib import Path

import keras
import numpy as np

from ecg.calibration import logits_of
from ecg.classes import LABELS
from ecg.corpus import Corpus
from ecg.inputs import INPUTS, for_keras
from ecg.run import NetworkRun
from ecg.splits import FOLDS, record_folds
from ecg.training import fit

Validated = tuple[keras.Model, Corpus, np.ndarray]
"""A trained model, the beats of its validation, and the logits for them."""


def hold_out(run: NetworkRun, train: Corpus, validation: Corpus, folder: Path, title: str) -> Validated:
    """Train a model, with beats held out for validation.

    Parameters
    ----------
    run : NetworkRun
        What to train.
    train, validation : Corpus
        The beats to learn from, and those held out.
    folder : Path
        Folder of the run.
    title : str
        What the progress display calls the run.

    Returns
    -------
    model : keras.Model
        The model, not compiled.
    beats : Corpus
        The n validation beats.
    logits : ndarray of float64, shape (n, 5)
        What goes into the model's softmax for them.
    """
    model = fit(run, train, validation, folder, title)
    return model, validation, logits_of(model, for_keras(INPUTS[run.inputs](validation)))


def cross_validate(run: NetworkRun, train: Corpus, folder: Path, title: str) -> Validated:
    """Train a model on all beats, and others on all but a fifth of the records, each on another four fifths.

    Parameters
    ----------
    run : NetworkRun
        What to train.
    train : Corpus
        The beats to learn from.
    folder : Path
        Folder of the run; each fold has its own in it.
    title : str
        What the progress display calls the run.

    Returns
    -------
    model : keras.Model
        The model that learned from all, not compiled.
    beats : Corpus
        The n beats.
    logits : ndarray of float64, shape (n, 5)
        What goes into the softmax of that one of the others which has not seen the beat's record.
    """
    logits = np.empty((len(train.labels), len(LABELS)))
    for number, (seen, held_out) in enumerate(record_folds(train.labels, train.records), start=1):
        model = fit(run, train.rows(seen), None, folder / f"fold{number}", f"{title}, fold {number} of {FOLDS}")
        logits[held_out] = logits_of(model, for_keras(INPUTS[run.inputs](train.rows(held_out))))
    return fit(run, train, None, folder, title), train, logits
