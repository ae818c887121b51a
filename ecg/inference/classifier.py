"""Classify beats with the models of a folder. Needs ONNX Runtime and no TensorFlow."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from ecg.atomic_files import read_json
from ecg.classes import LABELS
from ecg.errors import InputError
from ecg.networks.model_files import verify_model_folder
from ecg.networks.registry import TITLES
from ecg.signal.context_beat import CHANNELS, CONTEXT_LENGTH
from ecg.signal.kaggle_beat import BEAT_LENGTH
from ecg.signal.rr_features import RHYTHM

SHAPES: dict[str, dict[str, list[int]]] = {
    "kaggle_beat": {"beat": [BEAT_LENGTH]},
    "context": {"beat": [CONTEXT_LENGTH, CHANNELS], "rhythm": [len(RHYTHM)]},
}
"""Shapes of the inputs that a model may have, for each kind of input in `ecg.networks.inputs`."""
BATCH = 64
"""Beats in one call of a network. Larger batches need more memory (1.2 GB for 2,048 beats) and are no faster."""


@dataclass(frozen=True)
class Model:
    """A trained model, ready to classify.

    Attributes
    ----------
    title : str
        Its name in texts and figures.
    inputs : str
        Kind of its input, a key of `SHAPES`.
    metrics : dict
        From ``metrics.json``: metrics on the test set.
    commit : str or None
        From ``provenance.json``: commit of this project at which it was trained.
    session : onnxruntime.InferenceSession
        The network; it runs on one thread.
    threads : int
        Number of batches that run in parallel, each on its own thread.
    """

    title: str
    inputs: str
    metrics: dict[str, Any]
    commit: str | None
    session: onnxruntime.InferenceSession
    threads: int

    def classify(self, beat: np.ndarray, rhythm: np.ndarray | None = None) -> np.ndarray:
        """Return the class probabilities.

        Parameters
        ----------
        beat : ndarray of float32, shape (n, 187) or (n, 120, 2)
            Kaggle beats or context beats, depending on the model.
        rhythm : ndarray of float32, shape (n, 41), optional
            RR features of context beats.

        Returns
        -------
        ndarray of float32, shape (n, 5)
            Probabilities in the order N S V F Q.
        """
        inputs = {"beat": beat} if rhythm is None else {"beat": beat, "rhythm": rhythm}
        probabilities = np.empty((len(beat), len(LABELS)), np.float32)
        starts = range(0, len(beat), BATCH)
        remaining = iter(starts)  # the threads take batches from it until there are no more

        def read() -> None:
            for at in remaining:
                batch = {name: values[at : at + BATCH] for name, values in inputs.items()}
                probabilities[at : at + BATCH] = self.session.run(None, batch)[0]

        with ThreadPoolExecutor() as pool:  # this thread works too: a single batch needs no other
            others = [pool.submit(read) for _ in range(min(self.threads, len(starts)) - 1)]
            read()
        for other in others:
            other.result()
        return probabilities


def load_model(folder: Path, threads: int | None = None) -> Model:
    """Check a model folder, and load its model.

    Parameters
    ----------
    folder : Path
        A folder written by train.py.
    threads : int, optional
        Number of batches that run in parallel; by default one for each core.

    Raises
    ------
    InputError
        If a file is missing or damaged, or the model has other classes or inputs than expected.
    """
    verify_model_folder(folder)
    labels = read_json(folder / "labels.json")["labels"]
    if labels != list(LABELS):
        raise InputError(f"{folder} holds a model for the classes {labels}; {list(LABELS)} are expected.")
    options = onnxruntime.SessionOptions()
    # parallel batches keep the cores busy; threads that share one batch wait for one another after each operator
    options.intra_op_num_threads = 1
    _share_memory()
    options.add_session_config_entry("session.use_env_allocators", "1")
    session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
    shapes = {tensor.name: tensor.shape[1:] for tensor in session.get_inputs()}
    matching = [name for name, expected in SHAPES.items() if shapes == expected]
    if not matching:
        expected = " or ".join(str(shapes) for shapes in SHAPES.values())
        raise InputError(f"{folder} holds a model for inputs of the shapes {shapes}; {expected} is expected.")
    metrics = read_json(folder / "metrics.json")
    commit = read_json(folder / "provenance.json")["commit"]
    return Model(metrics["title"], matching[0], metrics, commit, session, threads or os.cpu_count() or 1)


@cache
def _share_memory() -> None:
    """Let all models share one memory arena, once in a process; each would otherwise keep the memory of its largest batch."""
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    as_requested = {"max_mem": 0, "arena_extend_strategy": 1, "initial_chunk_size_bytes": -1, "max_dead_bytes_per_chunk": -1}
    onnxruntime.create_and_register_allocator(memory, onnxruntime.OrtArenaCfg(as_requested))


def load_models(folder: Path, threads: int | None = None) -> dict[str, Model]:
    """Load all models of one protocol.

    Parameters
    ----------
    folder : Path
        It holds one model folder for each architecture.
    threads : int, optional
        See `load_model`.

    Returns
    -------
    dict of str to Model
        The models by architecture, in the order of `ecg.networks.registry.TITLES`.

    Raises
    ------
    InputError
        If there is no model, or one is damaged.
    """
    models = {name: load_model(folder / name, threads) for name in TITLES if (folder / name).is_dir()}
    if not models:
        raise InputError(
            f"{folder.resolve()} holds no trained model. `make train` makes those of the intra-patient protocol, "
            "`python train.py --protocol inter_patient` the others."
        )
    return models


def classify(models: dict[str, Model], beat: np.ndarray) -> dict[str, dict[str, Any]]:
    """Classify one Kaggle beat, shape (187,), with every model.

    Returns
    -------
    dict of str to dict
        For each model: ``label``, the most probable class; ``confident``, whether its probability reaches the threshold above
        which 99.7 % of the beats of the validation split are classified correctly; and ``probabilities`` by class.
    """
    return classify_beats(models, beat[np.newaxis])[0]


def classify_beats(models: dict[str, Model], beats: np.ndarray) -> list[dict[str, dict[str, Any]]]:
    """Classify Kaggle beats, shape (n, 187), with every model; for each beat return the result of `classify`."""
    by_model = {name: model.classify(beats) for name, model in models.items()}
    thresholds = {name: model.metrics["confident"]["threshold"] for name, model in models.items()}
    return [
        {
            name: {
                "label": LABELS[int(beat_probabilities.argmax())],
                "confident": thresholds[name] is not None and float(beat_probabilities.max()) >= thresholds[name],
                "probabilities": dict(zip(LABELS, beat_probabilities.tolist(), strict=True)),
            }
            for name, beat_probabilities in zip(by_model, probabilities_of_beat, strict=True)
        }
        for probabilities_of_beat in zip(*by_model.values(), strict=True)
    ]
