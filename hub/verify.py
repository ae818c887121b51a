"""Decide whether a model may be published, or used after it was pulled."""

from pathlib import Path

import numpy as np
import pandas as pd

from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.synthetic_beats import template_beats
from ecg.errors import InputError
from ecg.inference.classifier import Model, load_model
from ecg.networks.inputs import INPUTS

TOLERANCE = 1e-4
"""Largest difference of a probability from the stored one: other processors round differently."""


def check_publishable(folder: Path) -> None:
    """Refuse a model folder that nobody should download.

    Raises
    ------
    InputError
        If the folder is damaged, the model is a smoke model or gives every beat the same class, or it does not reproduce the
        probabilities stored with it.
    """
    metrics = check_answers(folder).metrics
    if metrics["smoke"]:
        raise InputError(
            f"{folder} holds a smoke model, trained on generated beats; it cannot be published. Train a real one."
        )
    if metrics["collapsed"]:
        raise InputError(f"{folder} holds a collapsed model: it gives every test beat the same class. Train it again.")


def check_answers(folder: Path) -> Model:
    """Load a model, and check that it reproduces the probabilities stored for the sample beats.

    Raises
    ------
    InputError
        If the folder is damaged, or the probabilities differ.
    """
    model = load_model(folder)
    _compare(
        folder, model, template_beats(), ["symbol", "record"], pd.read_csv(folder / "templates.csv", dtype={"record": str})
    )
    return model


def check_reference(folder: Path, beats: BeatTable) -> None:
    """Check that a model reproduces the probabilities stored for its 500 reference beats.

    Raises
    ------
    InputError
        If the folder is damaged, or the probabilities differ.
    """
    stored = pd.read_csv(folder / "reference.csv", dtype={"record": str})
    _compare(folder, load_model(folder), beats, ["record", "sample"], stored)


def _compare(folder: Path, model: Model, beats: BeatTable, key: list[str], stored: pd.DataFrame) -> None:
    rows = pd.DataFrame({"symbol": beats.symbols, "record": beats.records, "sample": beats.samples}).reset_index(names="row")
    matched = rows.merge(stored, on=key, suffixes=("", "_stored"))
    inputs = INPUTS[model.inputs](beats.rows(matched["row"].to_numpy()))
    difference = np.abs(model.classify(**inputs) - matched[list(LABELS)].to_numpy()).max(initial=0)
    if not len(matched) or not difference <= TOLERANCE:
        raise InputError(
            f"{folder}: the model does not give the probabilities stored with it (they differ by {difference:.2g} on "
            f"{len(matched)} beats). Its files do not belong together; export or pull it again."
        )
