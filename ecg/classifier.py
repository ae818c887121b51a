"""Classify beats with the models of a folder. Needs ONNX Runtime and no TensorFlow."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from ecg.beats import BEAT_LENGTH
from ecg.checksums import verify_checksums
from ecg.classes import LABELS
from ecg.errors import InputError
from ecg.files import read_json
from ecg.names import TITLES


@dataclass(frozen=True)
class Model:
    """A trained model, ready to answer.

    Attributes
    ----------
    title : str
        What people call it.
    metrics : dict
        Its figures on the test set, from ``metrics.json``.
    session : onnxruntime.InferenceSession
        The network.
    """

    title: str
    metrics: dict[str, Any]
    session: onnxruntime.InferenceSession

    def classify(self, beats: np.ndarray) -> np.ndarray:
        """Return the probabilities of the classes.

        Parameters
        ----------
        beats : ndarray of float32, shape (n, 187)
            Kaggle beats at 120 Hz, each scaled to 0..1.

        Returns
        -------
        ndarray of float32, shape (n, 5)
            Probabilities, in the order N S V F Q.
        """
        (probabilities,) = self.session.run(None, {self.session.get_inputs()[0].name: beats})
        return np.asarray(probabilities)


def load_model(folder: Path) -> Model:
    """Load a model from its folder, having checked the folder.

    Parameters
    ----------
    folder : Path
        A folder written by train.py.

    Returns
    -------
    Model
        The model.

    Raises
    ------
    InputError
        If a file is missing or damaged, or the model is for other classes or other beats.
    """
    verify_checksums(folder)
    labels = read_json(folder / "labels.json")["labels"]
    if labels != list(LABELS):
        raise InputError(f"{folder} holds a model for the classes {labels}; {list(LABELS)} are expected.")
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    shape = session.get_inputs()[0].shape[1:]
    if shape != [BEAT_LENGTH]:
        raise InputError(f"{folder} holds a model for inputs of shape {shape}; {[BEAT_LENGTH]} is expected.")
    metrics = read_json(folder / "metrics.json")
    return Model(metrics["title"], metrics, session)


def load_models(folder: Path) -> dict[str, Model]:
    """Load all models of one protocol.

    Parameters
    ----------
    folder : Path
        A folder with one model folder for each architecture.

    Returns
    -------
    dict of str to Model
        The models by architecture, in the order of every comparison.

    Raises
    ------
    InputError
        If there is none, or one of them is damaged.
    """
    models = {name: load_model(folder / name) for name in TITLES if (folder / name).is_dir()}
    if not models:
        raise InputError(f"{folder.resolve()} holds no trained model. `make train` makes them.")
    return models


def classify(models: dict[str, Model], beat: np.ndarray) -> dict[str, dict[str, Any]]:
    """Let every model read one beat.

    Parameters
    ----------
    models : dict of str to Model
        The models.
    beat : ndarray of float32, shape (187,)
        A Kaggle beat.

    Returns
    -------
    dict of str to dict
        For each model the ``label`` of the most probable class, whether the model is ``confident`` of it (sure enough to be
        right in 99.7 % of such beats of the validation split), and the ``probabilities`` by class.
    """
    answers = {}
    for name, model in models.items():
        probabilities = model.classify(beat[np.newaxis])[0].tolist()
        threshold = model.metrics["confident"]["threshold"]
        answers[name] = {
            "label": LABELS[int(np.argmax(probabilities))],
            "confident": threshold is not None and max(probabilities) >= threshold,
            "probabilities": dict(zip(LABELS, probabilities, strict=True)),
        }
    return answers
