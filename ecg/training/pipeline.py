"""Train one model or baseline, and keep what came of it: its run_result and, if it is the best of its seeds, its model folder."""

import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from scipy.special import softmax

from ecg.atomic_files import read_json
from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.splits import record_folds
from ecg.evaluation.calibration import (
    IDENTITY,
    confidence_threshold,
    cross_fitted,
    fit_vector_scaling,
    fold_in,
    negative_log_likelihood,
)
from ecg.evaluation.metrics import score
from ecg.evaluation.result_paths import is_ablation
from ecg.evaluation.run_result import RunResult, best_by_validation, make_run_result, read_run_results, write_run_result
from ecg.networks.baselines import BASELINES, class_probabilities, features
from ecg.networks.flops import mflops
from ecg.networks.inputs import INPUTS, for_keras
from ecg.networks.registry import ALL_TITLES, TITLES
from ecg.training.config import NetworkRun, Run
from ecg.training.cross_validation import train_and_validate
from ecg.training.export.model_folder import write_model_folder
from ecg.training.fit import MONITOR, VALIDATION_BATCH
from ecg.training.provenance import describe_environment


def train_network(run: NetworkRun, parts: dict[str, BeatTable], out: Path, progress: str) -> RunResult:
    """Train a network, or finish training it, and ship it if it is the best of its seeds.

    Parameters
    ----------
    run : NetworkRun
        What to train.
    parts : dict of str to BeatTable
        The beats by split, from `BeatTable.parts`.
    out : Path
        The folder that holds ``runs/``, ``models/`` and ``results/``.
    progress : str
        What the progress display calls the run.

    Returns
    -------
    RunResult
        Its facts and its answers on the test beats.
    """
    folder = out / "runs" / run.result_path / run.architecture / f"seed{run.seed}"
    validated = train_and_validate(run, parts, folder, progress)
    model, logits, labels = validated.model, validated.logits, validated.beats.labels
    scaled = cross_fitted(logits, labels, validated.groups)
    calibrated = negative_log_likelihood(labels, scaled) < negative_log_likelihood(labels, logits)
    scaling = fit_vector_scaling(logits, labels) if calibrated else IDENTITY
    tested = parts.get("test", validated.beats)
    uncalibrated = predict(run, model, tested)
    fold_in(model, scaling)
    probabilities = said = predict(run, model, tested)
    if "test" not in parts:  # the model has seen every record: its likes of the cross-validation answer for it
        uncalibrated, probabilities = softmax(logits, axis=1), softmax(scaled if calibrated else logits, axis=1)
    history = pd.read_csv(folder / "history.csv")
    provenance = read_json(folder / "provenance.json")
    facts = {
        **_describe(run, validated.beats, scaling.probabilities(logits)),
        "calibrated": calibrated,
        "parameters": model.count_params(),
        "mflops": mflops(model),
        "epochs": len(history),
        "best_epoch": int(history[MONITOR].to_numpy().argmax()) + 1 if MONITOR in history else len(history),
        "training_seconds": float(history["seconds"].sum()),
        "training_cores": provenance["training_cores"],
        "provenance": {**provenance, "exported_by": describe_environment()},
    }
    run_result = make_run_result(facts, tested, probabilities, uncalibrated, history)
    results = out / "results" / run.result_path
    write_run_result(results, run_result)
    shipped = run.architecture in TITLES and not is_ablation(run.protocol, run.inputs)
    if shipped and best_by_validation(read_run_results(results), run.architecture).facts["seed"] == run.seed:
        write_model_folder(out / "models" / run.result_path / run.architecture, model, run_result, tested, said)
    return run_result


def train_baseline(run: Run, parts: dict[str, BeatTable], out: Path) -> RunResult:
    """Train one of scikit-learn's classifiers.

    Parameters
    ----------
    run : Run
        What to train.
    parts : dict of str to BeatTable
        The beats of the splits.
    out : Path
        The folder that holds ``results/``.

    Returns
    -------
    RunResult
        Its facts and its answers on the test beats.
    """
    classifier = BASELINES[run.architecture](run.seed)
    train = parts["train"]
    started = time.monotonic()
    classifier.fit(features(train, run.inputs), train.labels)
    seconds = time.monotonic() - started
    if "val" in parts:
        beats, answers = parts["val"], class_probabilities(classifier, features(parts["val"], run.inputs))
    else:
        beats, answers = train, np.empty((len(train.labels), len(LABELS)))
        for seen, held_out in record_folds(train.labels, train.records):
            other = BASELINES[run.architecture](run.seed).fit(features(train.rows(seen), run.inputs), train.labels[seen])
            answers[held_out] = class_probabilities(other, features(train.rows(held_out), run.inputs))
    facts = {
        "training_seconds": seconds,
        "training_cores": os.cpu_count(),
        **_describe(run, beats, answers),
        "calibrated": False,
        "parameters": None,
        "mflops": None,
        "provenance": {**describe_environment(), "training": train.describe()},
    }
    if "test" in parts:
        beats, answers = parts["test"], class_probabilities(classifier, features(parts["test"], run.inputs))
    run_result = make_run_result(facts, beats, answers, answers)
    write_run_result(out / "results" / run.result_path, run_result)
    return run_result


def _describe(run: Run, validation: BeatTable, probabilities: np.ndarray) -> dict[str, Any]:
    return {
        **asdict(run),
        "title": ALL_TITLES[run.architecture],
        "validation": score(validation.labels, probabilities).as_dict(),
        "threshold": confidence_threshold(validation.labels, probabilities),
    }


def predict(run: Run, model: keras.Model, beats: BeatTable) -> np.ndarray:
    """Classify beats.

    Parameters
    ----------
    run : Run
        Says what the model is given.
    model : keras.Model
        The model.
    beats : BeatTable
        The n beats.

    Returns
    -------
    ndarray of float32, shape (n, 5)
        Probabilities.
    """
    return model.predict(for_keras(INPUTS[run.inputs](beats)), batch_size=VALIDATION_BATCH, verbose=0)
