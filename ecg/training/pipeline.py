"""Train one model or baseline and write its run result; for the best seed of a model also its model folder."""

import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.base import ClassifierMixin

from ecg.atomic_files import read_json
from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.splits import record_folds
from ecg.evaluation.calibration import (
    IDENTITY,
    VectorScaling,
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
from ecg.training.cross_validation import Validated, train_and_validate
from ecg.training.export.model_folder import write_model_folder
from ecg.training.fit import MONITOR, VALIDATION_BATCH
from ecg.training.provenance import describe_environment


def train_network(run: NetworkRun, parts: dict[str, BeatTable], out: Path, progress: str) -> RunResult:
    """Train a network and calibrate it. Write its run result and, if it is the best seed so far, its model folder.

    An interrupted run is continued.

    Parameters
    ----------
    run : NetworkRun
        Settings of the training.
    parts : dict of str to BeatTable
        The beats by split, from `BeatTable.parts`.
    out : Path
        The folder that holds ``runs/``, ``models/`` and ``results/``.
    progress : str
        Name of the run in the progress bar.

    Returns
    -------
    RunResult
        The run result.
    """
    folder = out / "runs" / run.result_path / run.architecture / f"seed{run.seed}"
    validated = train_and_validate(run, parts, folder, progress)
    model, tested = validated.model, parts.get("test", validated.beats)
    scaling, scaled_logits = _calibrate(validated)
    uncalibrated = predict(run, model, tested)
    fold_in(model, scaling)
    of_model = probabilities = predict(run, model, tested)
    if "test" not in parts:  # the model was trained on every record: the models of the cross-validation stand in for it
        uncalibrated, probabilities = softmax(validated.logits, axis=1), softmax(scaled_logits, axis=1)
    history = pd.read_csv(folder / "history.csv")
    facts = _network_facts(run, validated, scaling, history, read_json(folder / "provenance.json"))
    run_result = make_run_result(facts, tested, probabilities, uncalibrated, history)
    results = out / "results" / run.result_path
    write_run_result(results, run_result)
    shipped = run.architecture in TITLES and not is_ablation(run.protocol, run.inputs)
    if shipped and best_by_validation(read_run_results(results), run.architecture).facts["seed"] == run.seed:
        write_model_folder(out / "models" / run.result_path / run.architecture, model, run_result, tested, of_model)
    return run_result


def _calibrate(validated: Validated) -> tuple[VectorScaling, np.ndarray]:
    """Return the scaling, or the identity if cross-validated scaling does not help, and the cross-fitted logits."""
    logits, labels = validated.logits, validated.beats.labels
    scaled = cross_fitted(logits, labels, validated.groups)
    if negative_log_likelihood(labels, scaled) < negative_log_likelihood(labels, logits):
        return fit_vector_scaling(logits, labels), scaled
    return IDENTITY, logits


def _network_facts(
    run: NetworkRun, validated: Validated, scaling: VectorScaling, history: pd.DataFrame, provenance: dict[str, Any]
) -> dict[str, Any]:
    return {
        **_describe(run, validated.beats, scaling.probabilities(validated.logits)),
        "calibrated": scaling is not IDENTITY,
        "parameters": validated.model.count_params(),
        "mflops": mflops(validated.model),
        "epochs": len(history),
        "best_epoch": int(history[MONITOR].to_numpy().argmax()) + 1 if MONITOR in history else len(history),
        "training_seconds": float(history["seconds"].sum()),
        "training_cores": provenance["training_cores"],
        "provenance": {**provenance, "exported_by": describe_environment()},
    }


def train_baseline(run: Run, parts: dict[str, BeatTable], out: Path) -> RunResult:
    """Train one of scikit-learn's classifiers, and write its run result below ``out / "results"``."""
    train = parts["train"]
    started = time.monotonic()
    classifier = _fit_baseline(run, train)
    seconds = time.monotonic() - started
    if "val" in parts:
        beats, probabilities = parts["val"], _classify(run, classifier, parts["val"])
    else:
        beats, probabilities = train, np.empty((len(train.labels), len(LABELS)))
        for fitted, held_out in record_folds(train.labels, train.records):
            probabilities[held_out] = _classify(run, _fit_baseline(run, train.rows(fitted)), train.rows(held_out))
    facts = {
        "training_seconds": seconds,
        "training_cores": os.cpu_count(),
        **_describe(run, beats, probabilities),
        "calibrated": False,
        "parameters": None,
        "mflops": None,
        "provenance": {**describe_environment(), "training": train.describe()},
    }
    if "test" in parts:
        beats, probabilities = parts["test"], _classify(run, classifier, parts["test"])
    run_result = make_run_result(facts, beats, probabilities, probabilities)
    write_run_result(out / "results" / run.result_path, run_result)
    return run_result


def _fit_baseline(run: Run, beats: BeatTable) -> ClassifierMixin:
    return BASELINES[run.architecture](run.seed).fit(features(beats, run.inputs), beats.labels)


def _classify(run: Run, classifier: ClassifierMixin, beats: BeatTable) -> np.ndarray:
    return class_probabilities(classifier, features(beats, run.inputs))


def _describe(run: Run, validation: BeatTable, probabilities: np.ndarray) -> dict[str, Any]:
    return {
        **asdict(run),
        "title": ALL_TITLES[run.architecture],
        "validation": score(validation.labels, probabilities).as_dict(),
        "threshold": confidence_threshold(validation.labels, probabilities),
    }


def predict(run: Run, model: keras.Model, beats: BeatTable) -> np.ndarray:
    """Return the probabilities of n beats, float32, shape (n, 5)."""
    return model.predict(for_keras(INPUTS[run.inputs](beats)), batch_size=VALIDATION_BATCH, verbose=0)
