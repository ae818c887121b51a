"""Measure how fast the five models classify, beside Keras and beside bare calls of TensorFlow and ONNX Runtime.

A bare call is a function compiled by TensorFlow (`tf.function`) or a session of ONNX Runtime with default options, on arrays
in memory, in batches of the best size for it. The models are those of all patients, which classify recordings.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from benchmarks.machine import multiply_adds_per_second
from benchmarks.measuring import Bound, Comparison, side_by_side
from ecg.data.synthetic_beats import generate_beats
from ecg.inference.classifier import BATCH, Model, load_models
from ecg.networks.inputs import INPUTS, Inputs

MODELS = Path(__file__).parents[1] / "models" / "all_patients"
RECORD = 2280
"""Mean number of beats in a record of half an hour."""
LONG = 10_000
"""Beats of the comparison with bare calls; time is proportional to their number (`benchmarks.growth`)."""
BATCHES = (32, 64, 256, 1024)
"""Batch sizes from which the best is chosen."""
TUNED_ON = 2048
"""Beats with which the batch size is chosen."""
Work = Callable[[Inputs], np.ndarray]


def some_beats(count: int) -> Inputs:
    """Return so many synthetic beats, repeated as needed, as inputs of the models."""
    few = INPUTS["context"](generate_beats())
    return {name: np.resize(values, (count, *values.shape[1:])) for name, values in few.items()}


def limit(model: Model, beats: int) -> float:
    """Return the seconds that the multiply-adds of so many beats take at the peak of the machine."""
    return beats * model.metrics["mflops"] * 1e6 / 2 / multiply_adds_per_second()


def measure(quick: bool) -> list[Comparison | Bound]:
    """Measure one beat, a record and, unless ``quick``, a long recording for each model."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras  # here, because the classifier needs no TensorFlow

    models = load_models(MODELS)
    networks = {name: keras.saving.load_model(MODELS / name, compile=False) for name in models}
    comparison = _all_five("one beat", models, networks, some_beats(1), rounds=5 if quick else 50, goal=50)
    measured: list[Comparison | Bound] = [
        comparison,
        Bound("one beat by all five models, median", 1000 * comparison.ours.median, 5, "ms"),
        _all_five("a record of 2,280 beats", models, networks, some_beats(RECORD), rounds=1 if quick else 5, goal=4),
    ]
    if not quick:
        beats = some_beats(LONG)
        measured += [_beside_the_fastest(model, networks[name], MODELS / name, beats) for name, model in models.items()]
    return measured


def _all_five(
    what: str, models: dict[str, Model], networks: dict[str, Any], beats: Inputs, rounds: int, goal: float
) -> Comparison:
    def ours() -> list[np.ndarray]:
        return [model.classify(**beats) for model in models.values()]

    def theirs() -> list[np.ndarray]:
        return [network.predict(beats, batch_size=32, verbose=0) for network in networks.values()]

    np.testing.assert_allclose(ours(), theirs(), atol=1e-5)
    taken = side_by_side({"ours": ours, "theirs": theirs}, rounds)
    return Comparison(
        f"{what} by all five models",
        "keras.Model.predict, in batches of 32",
        taken["ours"],
        taken["theirs"],
        goal,
        f"warm; {_threads(models)}",
        sum(limit(model, len(beats["beat"])) for model in models.values()),
        "multiply-adds at the peak measured",
    )


def _beside_the_fastest(model: Model, network: Any, folder: Path, beats: Inputs) -> Comparison:
    bare = {
        f"{title}, in batches of {batch}": _in_batches(call, batch)
        for title, call in (("tf.function", _compiled(network)), ("ONNX Runtime", _session(folder)))
        for batch in BATCHES
    }
    few = {name: values[:TUNED_ON] for name, values in beats.items()}
    tuning = side_by_side({title: partial(work, few) for title, work in bare.items()}, rounds=3)
    fastest = min(tuning, key=lambda title: tuning[title].median)
    np.testing.assert_allclose(model.classify(**few), bare[fastest](few), atol=1e-5)
    taken = side_by_side({"ours": lambda: model.classify(**beats), "theirs": lambda: bare[fastest](beats)}, rounds=7)
    count = len(beats["beat"])
    return Comparison(
        f"{count:,} beats of a long recording by the {model.title}",
        f"the fastest of tf.function and ONNX Runtime on bare arrays ({fastest})",
        taken["ours"],
        taken["theirs"],
        0.9,
        f"warm; batches of {BATCH}, {model.threads} at a time",
        limit(model, count),
        "multiply-adds at the peak measured",
    )


def _compiled(network: Any) -> Work:
    import tensorflow as tf

    call = tf.function(lambda beats: network(beats, training=False), reduce_retracing=True)
    return lambda beats: call({name: tf.constant(values) for name, values in beats.items()}).numpy()


def _session(folder: Path) -> Work:
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    return lambda beats: session.run(None, beats)[0]


def _in_batches(call: Work, batch: int) -> Work:
    def work(beats: Inputs) -> np.ndarray:
        starts = range(0, len(beats["beat"]), batch)
        return np.concatenate([call({name: values[at : at + batch] for name, values in beats.items()}) for at in starts])

    return work


def _threads(models: dict[str, Model]) -> str:
    return f"batches of {BATCH}, {next(iter(models.values())).threads} at a time"
