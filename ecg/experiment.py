"""Train one model or baseline, and keep what came of it: its outcome and, if it is the best of its seeds, its model folder."""

import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from ecg import evaluation
from ecg.baselines import BASELINES, class_probabilities
from ecg.calibration import calibrate, confidence_threshold
from ecg.corpus import Corpus
from ecg.cost import mflops
from ecg.files import read_json
from ecg.model_folder import write_model_folder
from ecg.names import ALL_TITLES, TITLES
from ecg.outcome import Outcome, best_by_validation, outcome_of, read_outcomes, write_outcome
from ecg.provenance import describe_beats, describe_environment
from ecg.run import NetworkRun, Run
from ecg.training import MONITOR, VALIDATION_BATCH, fit


def train_network(run: NetworkRun, parts: dict[str, Corpus], out: Path, progress: str) -> Outcome:
    """Train a network, or finish training it, and ship it if it is the best of its seeds.

    Parameters
    ----------
    run : NetworkRun
        What to train.
    parts : dict of str to Corpus
        The beats of the splits ``train``, ``val`` and ``test``.
    out : Path
        The folder that holds ``runs/``, ``models/`` and ``results/``.
    progress : str
        What the progress display calls the run.

    Returns
    -------
    Outcome
        Its facts and its answers on the test beats.
    """
    folder = out / "runs" / run.protocol / run.architecture / f"seed{run.seed}"
    model = fit(run, parts["train"], parts["val"], folder, progress)
    uncalibrated = predict(model, parts["test"])
    calibrated = calibrate(model, parts["val"].beats, parts["val"].labels)
    probabilities = predict(model, parts["test"])
    history = pd.read_csv(folder / "history.csv")
    provenance = read_json(folder / "provenance.json")
    facts = {
        **describe(run, parts["val"], predict(model, parts["val"])),
        "calibrated": calibrated,
        "parameters": model.count_params(),
        "mflops": mflops(model),
        "epochs": len(history),
        "best_epoch": int(history[MONITOR].to_numpy().argmax()) + 1,
        "training_seconds": float(history["seconds"].sum()),
        "training_cores": provenance["training_cores"],
        "provenance": {**provenance, "exported_by": describe_environment()},
    }
    outcome = outcome_of(facts, parts["test"], probabilities, uncalibrated, history)
    results = out / "results" / run.protocol
    write_outcome(results, outcome)
    if run.architecture in TITLES and best_by_validation(read_outcomes(results), run.architecture).facts["seed"] == run.seed:
        write_model_folder(out / "models" / run.protocol / run.architecture, model, outcome, parts["test"], probabilities)
    return outcome


def train_baseline(run: Run, parts: dict[str, Corpus], out: Path) -> Outcome:
    """Train one of scikit-learn's classifiers.

    Parameters
    ----------
    run : Run
        What to train.
    parts : dict of str to Corpus
        The beats of the splits.
    out : Path
        The folder that holds ``results/``.

    Returns
    -------
    Outcome
        Its facts and its answers on the test beats.
    """
    classifier = BASELINES[run.architecture](run.seed)
    started = time.monotonic()
    classifier.fit(parts["train"].beats, parts["train"].labels)
    facts = {
        "training_seconds": time.monotonic() - started,
        "training_cores": os.cpu_count(),
        **describe(run, parts["val"], class_probabilities(classifier, parts["val"].beats)),
        "calibrated": False,
        "parameters": None,
        "mflops": None,
        "provenance": {**describe_environment(), "training": describe_beats(parts["train"])},
    }
    probabilities = class_probabilities(classifier, parts["test"].beats)
    outcome = outcome_of(facts, parts["test"], probabilities, probabilities)
    write_outcome(out / "results" / run.protocol, outcome)
    return outcome


def describe(run: Run, validation: Corpus, probabilities: np.ndarray) -> dict[str, Any]:
    """Say what was trained, and how well it does on the beats by which it was chosen.

    Parameters
    ----------
    run : Run
        What was trained.
    validation : Corpus
        The validation beats.
    probabilities : ndarray, shape (n, 5)
        What the model says of them.

    Returns
    -------
    dict
        The settings, the title, the figures on the validation beats, and the confidence from which on 99.7 % of the answers
        are right.
    """
    return {
        **asdict(run),
        "title": ALL_TITLES[run.architecture],
        "validation": evaluation.score(validation.labels, probabilities).as_dict(),
        "threshold": confidence_threshold(validation.labels, probabilities),
    }


def predict(model: keras.Model, part: Corpus) -> np.ndarray:
    """Classify beats.

    Parameters
    ----------
    model : keras.Model
        The model.
    part : Corpus
        The beats.

    Returns
    -------
    ndarray of float32, shape (n, 5)
        Probabilities.
    """
    return model.predict(part.beats, batch_size=VALIDATION_BATCH, verbose=0)
