"""Measure an epoch of training of each architecture, beside the network of the notebook that it replaces.

Both are trained as usual: ours by the batches and the optimizer of `ecg.training`, in a process set up by train.py; theirs as
in `benchmarks.notebook`, in a process with TensorFlow's defaults. Each has all cores while it is timed, as with ``python
train.py --arch NAME``. A few steps are timed and extrapolated to an epoch; what happens once an epoch (validation, checkpoint)
is excluded. The beats are synthetic, because the speed of training does not depend on them.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib import import_module

import keras
import numpy as np

from benchmarks import machine, notebook
from benchmarks.measuring import Comparison, Timing, side_by_side
from ecg.data.synthetic_beats import generate_beats
from ecg.networks import architectures
from ecg.networks.flops import mflops
from ecg.networks.registry import TITLES
from ecg.training import fit

EPOCH = 78_800
"""Training beats of the intra-patient protocol."""
STEPS = 10
"""Steps of one timing."""
GOALS = {"simple_rnn": 4.0, "cnn": 1.5, "lstm": 10.0, "gru": 10.0, "attention": 1.0}
"""Wanted ratio of the times of an epoch."""
COUNTERPARTS = {"attention": "simple_rnn"}
"""The notebook's network with attention, for the architecture that replaces none."""


@cache
def our_steps(architecture: str) -> tuple[Callable[[], object], float]:
    """Return a function that trains an architecture for some steps, and the multiply-adds a beat (forwards and backwards)."""
    keras.utils.set_random_seed(0)
    hyperparameters = architectures.hyperparameters_of(architecture, "intra_patient")
    beats, targets = _beats(hyperparameters.batch_size)
    model = architectures.build(architecture, {"beat": beats})
    batches = fit.BeatBatches({"beat": beats}, targets, hyperparameters, seed=0)
    fit.compile_model(model, hyperparameters, len(batches))
    return lambda: model.fit(batches, shuffle=False, verbose=0), 3 * mflops(model) * 1e6 / 2


@cache
def their_steps(architecture: str) -> Callable[[], object]:
    """Return a function that trains a network of the notebook for as many steps."""
    keras.utils.set_random_seed(0)
    batch_size = notebook.NETWORKS[architecture].batch_size
    beats, targets = _beats(batch_size)
    model = notebook.build(architecture)
    return lambda: model.fit(beats[..., None], targets, batch_size, verbose=0)


def _beats(batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    generated = generate_beats()
    rows = np.resize(np.random.default_rng(0).permutation(len(generated.labels)), STEPS * batch_size)
    return generated.beats[rows], fit.one_hot(generated.labels[rows])


def time_architecture(architecture: str, rounds: int) -> tuple[Timing, Timing, float]:
    """Time an architecture and its counterpart in new processes.

    Parameters
    ----------
    architecture : str
        A key of `GOALS`.
    rounds : int
        Number of timings of each.

    Returns
    -------
    ours, theirs : Timing
        Seconds of an epoch.
    float
        Multiply-adds of an epoch of ours.
    """
    counterpart = COUNTERPARTS.get(architecture, architecture)
    # new processes: none inherits what another has left in memory
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(1, context, initializer=import_module, initargs=("train",)) as ours,
        ProcessPoolExecutor(1, context) as theirs,
    ):
        taken = side_by_side(
            {
                "ours": lambda: ours.submit(_do_our_steps, architecture).result(),
                "theirs": lambda: theirs.submit(_do_their_steps, counterpart).result(),
            },
            rounds,
        )
        operations = ours.submit(_our_operations, architecture).result()
    ours_of_epoch = _of_epoch(taken["ours"], architectures.hyperparameters_of(architecture, "intra_patient").batch_size)
    return ours_of_epoch, _of_epoch(taken["theirs"], notebook.NETWORKS[counterpart].batch_size), EPOCH * operations


def _do_our_steps(architecture: str) -> None:
    our_steps(architecture)[0]()


def _our_operations(architecture: str) -> float:
    return our_steps(architecture)[1]


def _do_their_steps(architecture: str) -> None:
    their_steps(architecture)()


def _of_epoch(timing: Timing, batch_size: int) -> Timing:
    return Timing(tuple(seconds * EPOCH / (STEPS * batch_size) for seconds in timing.seconds))


def measure(quick: bool) -> list[Comparison]:
    """Time every architecture, or only the CNN once if ``quick``."""
    comparisons = []
    for architecture in ["cnn"] if quick else list(GOALS):
        ours, theirs, operations = time_architecture(architecture, 1 if quick else 5)
        counterpart = COUNTERPARTS.get(architecture, architecture)
        batch_size = notebook.NETWORKS[counterpart].batch_size
        comparisons.append(
            Comparison(
                what=f"an epoch of training, {TITLES[architecture]}",
                against=f"the notebook's {TITLES[counterpart]} network: 187 single samples, batches of {batch_size}",
                ours=ours,
                theirs=theirs,
                goal=GOALS[architecture],
                conditions=f"{EPOCH:,} beats, extrapolated from {STEPS} steps; TensorFlow on {os.cpu_count()} cores, warm; "
                "ours with oneDNN, theirs where the processor is one on which TensorFlow has it on",
                limit=operations / machine.multiply_adds_per_second(),
                limit_of="multiply-adds of the matrix products, forwards and backwards, on all cores",
            )
        )
    return comparisons


if __name__ == "__main__":
    for result in measure("--quick" in sys.argv):
        print(f"{result.what}: {result.ours.median:.1f} s; {result.against}: {result.theirs.median:.1f} s")
