"""Measure how long an epoch of each architecture takes, beside the network of the notebook whose place it has taken.

Both are trained as they are trained for good: ours by the batches and the optimizer of `ecg.training`, theirs as in
`benchmarks.notebook`; each has all cores to itself, as with `python train.py --arch NAME`. Some steps are timed, and their
time is multiplied by the steps of an epoch; what is done once an epoch (validation, a checkpoint) is left out of both. The
beats are generated: how fast a network learns does not depend on them.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import keras
import numpy as np

from benchmarks import machine, notebook
from benchmarks.measuring import Comparison, Timing, side_by_side
from ecg import architectures, training
from ecg.cost import mflops
from ecg.names import TITLES
from ecg.synthetic import generate_corpus

EPOCH = 78_800
"""Training beats of the intra-patient protocol."""
STEPS = 10
"""Steps that are timed at once."""
GOALS = {"simple_rnn": 4.0, "cnn": 1.5, "lstm": 10.0, "gru": 10.0, "attention": 1.0}
"""How many times faster an epoch is to be."""
COUNTERPARTS = {"attention": "simple_rnn"}
"""Whose network of the notebook stands beside an architecture that has taken no place: that one has attention too."""


def our_steps(architecture: str) -> tuple[Callable[[], object], float]:
    """Prepare the training of an architecture.

    Parameters
    ----------
    architecture : str
        A key of `ecg.architectures.ARCHITECTURES`.

    Returns
    -------
    callable
        Does some steps.
    float
        Multiply-adds for each beat: those of the matrix products forwards, and twice as many backwards.
    """
    recipe = architectures.recipe_of(architecture, "intra_patient")
    beats, targets = _beats(recipe.batch_size)
    model = architectures.build(architecture, {"beat": beats})
    batches = training.BeatBatches({"beat": beats}, targets, recipe, seed=0)
    training.compile_model(model, recipe, len(batches))
    return lambda: model.fit(batches, shuffle=False, verbose=0), 3 * mflops(model) * 1e6 / 2


def their_steps(architecture: str) -> Callable[[], object]:
    """Prepare the training of a network of the notebook.

    Parameters
    ----------
    architecture : str
        A key of `benchmarks.notebook.NETWORKS`.

    Returns
    -------
    callable
        Does as many steps as ours.
    """
    batch_size = notebook.NETWORKS[architecture].batch_size
    beats, targets = _beats(batch_size)
    model = notebook.build(architecture)
    return lambda: model.fit(beats[..., None], targets, batch_size, verbose=0)


def _beats(batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    generated = generate_corpus()
    rows = np.resize(np.random.default_rng(0).permutation(len(generated.labels)), STEPS * batch_size)
    return generated.beats[rows], training.one_hot(generated.labels[rows])


def time_architecture(architecture: str, rounds: int) -> tuple[Timing, Timing, float]:
    """Time an architecture and its counterpart, in a process that does nothing else.

    Parameters
    ----------
    architecture : str
        A key of `GOALS`.
    rounds : int
        How often each is timed.

    Returns
    -------
    ours, theirs : Timing
        Seconds of an epoch.
    float
        Multiply-adds of an epoch of ours.
    """
    keras.utils.set_random_seed(0)
    counterpart = COUNTERPARTS.get(architecture, architecture)
    ours, operations = our_steps(architecture)
    taken = side_by_side({"ours": ours, "theirs": their_steps(counterpart)}, rounds)
    ours_of_epoch = _of_epoch(taken["ours"], architectures.recipe_of(architecture, "intra_patient").batch_size)
    return ours_of_epoch, _of_epoch(taken["theirs"], notebook.NETWORKS[counterpart].batch_size), EPOCH * operations


def _of_epoch(timing: Timing, batch_size: int) -> Timing:
    return Timing(tuple(seconds * EPOCH / (STEPS * batch_size) for seconds in timing.seconds))


def measure(quick: bool) -> list[Comparison]:
    """Time the architectures.

    Parameters
    ----------
    quick : bool
        Whether the CNN alone will do, once.

    Returns
    -------
    list of Comparison
        One an architecture.
    """
    comparisons = []
    for architecture in ["cnn"] if quick else list(GOALS):
        # a process for each, so that none inherits what another has left in memory
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            ours, theirs, operations = process.submit(time_architecture, architecture, 1 if quick else 5).result()
        counterpart = COUNTERPARTS.get(architecture, architecture)
        batch_size = notebook.NETWORKS[counterpart].batch_size
        comparisons.append(
            Comparison(
                what=f"an epoch of training, {TITLES[architecture]}",
                against=f"the notebook's {TITLES[counterpart]} network: 187 single samples, batches of {batch_size}",
                ours=ours,
                theirs=theirs,
                goal=GOALS[architecture],
                conditions=f"{EPOCH:,} beats, extrapolated from {STEPS} steps; TensorFlow on all {os.cpu_count()} cores, warm",
                limit=operations / machine.multiply_adds_per_second(),
                limit_of="multiply-adds of the matrix products, forwards and backwards, on all cores",
            )
        )
    return comparisons


if __name__ == "__main__":
    for result in measure("--quick" in sys.argv):
        print(f"{result.what}: {result.ours.median:.1f} s; {result.against}: {result.theirs.median:.1f} s")
