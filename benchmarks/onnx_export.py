"""Measure how fast ONNX Runtime runs the project's own ONNX files, beside those of Keras's own export.

    pip install tf2onnx                  # Keras's export needs it
    python -m benchmarks.onnx_export     # each model alone; a minute

Both files hold the same weights and run in the same way: one thread a session, several batches at a time. The models are those
of all patients. `make bench` measures all five together, and skips the comparison where tf2onnx is not installed.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime

from benchmarks.classification import MODELS, RECORD, limit, some_beats
from benchmarks.measuring import Comparison, side_by_side
from ecg.inference.classifier import BATCH, Model, load_models

LEAST_FASTER = 1.0


def measure(quick: bool) -> list[Comparison]:
    """Classify one beat and a record by all five models; nothing without tf2onnx."""
    if find_spec("tf2onnx") is None:
        return []
    models = load_models(MODELS)
    return compare("all five models", models, export_with_keras(models), rounds=1 if quick else 5)


def export_with_keras(models: Mapping[str, Model]) -> dict[str, Model]:
    """Return the same models, run from the files of Keras's own export."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras  # here, because TensorFlow is not needed without tf2onnx

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    exported = {}
    for name, model in models.items():
        network = keras.saving.load_model(MODELS / name, compile=False)
        network(
            {tensor.name: np.zeros((1, *tensor.shape[1:])) for tensor in network.inputs}
        )  # a model must be called before the export
        with tempfile.TemporaryDirectory() as temporary:
            file = Path(temporary) / "model.onnx"
            network.export(file, format="onnx", verbose=False)
            session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        exported[name] = replace(model, session=session)
    return exported


def compare(who: str, ours: Mapping[str, Model], theirs: Mapping[str, Model], rounds: int) -> list[Comparison]:
    """Classify one beat and a record by the models of both exports, in turns."""
    return [
        _compare(f"one beat by {who}", 1, ours, theirs, 20 * rounds),
        _compare(f"a record of {RECORD:,} beats by {who}", RECORD, ours, theirs, rounds),
    ]


def _compare(what: str, count: int, ours: Mapping[str, Model], theirs: Mapping[str, Model], rounds: int) -> Comparison:
    beats = some_beats(count)

    def classify(models: Mapping[str, Model]) -> list[np.ndarray]:
        return [model.classify(**beats) for model in models.values()]

    np.testing.assert_allclose(classify(ours), classify(theirs), atol=1e-5)
    taken = side_by_side({"ours": lambda: classify(ours), "theirs": lambda: classify(theirs)}, rounds)
    return Comparison(
        what=f"{what}, from the project's own ONNX files",
        against="the ONNX files of Keras's own export",
        ours=taken["ours"],
        theirs=taken["theirs"],
        goal=LEAST_FASTER,
        conditions=f"ONNX Runtime, warm; batches of {BATCH}, {next(iter(ours.values())).threads} at a time",
        limit=sum(limit(model, count) for model in ours.values()),
        limit_of="multiply-adds at the peak measured",
    )


if __name__ == "__main__":
    served = load_models(MODELS)
    exported = export_with_keras(served)
    for name, model in served.items():
        for result in compare(f"the {model.title}", {name: model}, {name: exported[name]}, rounds=5):
            print(f"{result.what}: {result.faster:.1f} times as fast as {result.against}")
