"""What is kept of a training run: the facts of the training and the probabilities of the test beats.

Each run has a folder ``results/<protocol>/run_results/<model>/seed<number>/``:

================  ===================================================================================================
``facts.json``    model, seed, hyperparameters, data, cost, metrics on the validation split, provenance
``test.parquet``  record, sample and class index of each test beat, and its five probabilities (float16), calibrated
                  and uncalibrated. Models of all patients have no test beats: theirs are the beats of all records, as
                  classified in cross-validation
``history.csv``   metrics of each epoch; baselines have none
================  ===================================================================================================

All published metrics of test beats are computed from these files (`ecg.evaluation.report`).
"""

from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ecg.atomic_files import read_json, write_atomically, write_json
from ecg.classes import LABELS
from ecg.data.beat_table import BeatTable
from ecg.errors import InputError
from ecg.evaluation.metrics import confident_answers, score
from ecg.networks.hyperparameters import Hyperparameters
from ecg.networks.registry import ALL_TITLES

CALIBRATED = [f"p_{label}" for label in LABELS]
UNCALIBRATED = [f"uncalibrated_{label}" for label in LABELS]
DECIMALS = 4
PARQUET: dict[str, Any] = {
    "compression": "zstd",
    "use_dictionary": ["record", "label", *CALIBRATED, *UNCALIBRATED],
    "column_encoding": {"sample": "DELTA_BINARY_PACKED"},  # the samples of a record ascend: a third of the size
}


@dataclass(frozen=True)
class RunResult:
    """The contents of ``facts.json``, ``test.parquet`` and ``history.csv`` of one run."""

    facts: dict[str, Any]
    test: pd.DataFrame
    history: pd.DataFrame | None

    @property
    def model(self) -> str:
        """Name of the architecture or baseline."""
        return str(self.facts["architecture"])

    @property
    def labels(self) -> np.ndarray:
        """Class indices of the test beats, shape (n,)."""
        return self.test["label"].to_numpy()

    @property
    def probabilities(self) -> np.ndarray:
        """Calibrated probabilities of the test beats, float64, shape (n, 5)."""
        return self.test[CALIBRATED].to_numpy(dtype=np.float64)

    @property
    def uncalibrated(self) -> np.ndarray:
        """Probabilities before calibration, float64, shape (n, 5)."""
        return self.test[UNCALIBRATED].to_numpy(dtype=np.float64)

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The facts, and the metrics on the test beats after and before calibration."""
        facts = {name: fact for name, fact in self.facts.items() if name not in ("provenance", "threshold")}
        return {
            **facts,
            "split": "cross-validation" if self.facts["protocol"] == "all_patients" else "test",
            **score(self.labels, self.probabilities).as_dict(),
            "uncalibrated": score(self.labels, self.uncalibrated).as_dict(),
            "confident": confident_answers(self.labels, self.probabilities, self.facts["threshold"]),
        }


def make_run_result(
    facts: dict[str, Any],
    beats: BeatTable,
    probabilities: np.ndarray,
    uncalibrated: np.ndarray,
    history: pd.DataFrame | None = None,
) -> RunResult:
    """Make the run result of a training run.

    Parameters
    ----------
    facts : dict
        The facts of the training.
    beats : BeatTable
        The test beats.
    probabilities, uncalibrated : ndarray, shape (n, 5)
        Their probabilities after and before calibration; rounded to four decimals and to float16, which near 1 is coarser.
    history : DataFrame, optional
        Metrics of each epoch.

    Returns
    -------
    RunResult
        The run result.
    """
    origin = pd.DataFrame(
        {"record": beats.records, "sample": beats.samples.astype(np.int32), "label": beats.labels.astype(np.int8)}
    )
    answers = np.hstack([_rounded(probabilities), _rounded(uncalibrated)])
    test = pd.concat([origin, pd.DataFrame(answers, columns=[*CALIBRATED, *UNCALIBRATED])], axis=1)
    return RunResult(facts, test, history)


def _rounded(probabilities: np.ndarray) -> np.ndarray:
    rounded = probabilities.round(DECIMALS).astype(np.float16)
    predicted = probabilities.argmax(axis=1)
    (tied,) = np.nonzero(rounded.argmax(axis=1) != predicted)  # rounding must not change the predicted class
    rounded[tied, predicted[tied]] = np.nextafter(rounded[tied].max(axis=1), np.float16(2))
    return rounded


def write_run_result(results: Path, run_result: RunResult) -> None:
    """Write a run result below the results folder of its protocol, replacing that of the same model and seed."""
    folder = results / "run_results" / run_result.model / f"seed{run_result.facts['seed']}"
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / "test.parquet", run_result.test.to_parquet(index=False, **PARQUET))
    if run_result.history is not None:
        write_atomically(folder / "history.csv", run_result.history.to_csv(index=False))
    write_json(folder / "facts.json", run_result.facts)  # last: a run result without facts is not complete


def read_run_results(results: Path) -> list[RunResult]:
    """Read the run results of a protocol.

    Parameters
    ----------
    results : Path
        Results folder of the protocol.

    Returns
    -------
    list of RunResult
        In the order of `ecg.networks.registry.ALL_TITLES`, then of the seeds.

    Raises
    ------
    InputError
        If there is none, or if they are not comparable: other test beats, or other hyperparameters for the same model.
    """
    run_results = [
        _read(facts.parent)
        for model in ALL_TITLES
        for facts in sorted(
            (results / "run_results" / model).glob("seed*/facts.json"), key=lambda file: int(file.parent.name[4:])
        )
    ]
    if not run_results:
        raise InputError(f"{results} holds no run result. Train first: `python train.py` writes them.")
    for run_result in run_results:
        check_comparable(results, run_result.facts)
    return run_results


def check_comparable(results: Path, run: dict[str, Any]) -> None:
    """Refuse a run that is not comparable with the run results that are there already.

    Parameters
    ----------
    results : Path
        Results folder of the protocol.
    run : dict
        At least ``architecture``, ``seed`` and ``data_fingerprint``, and of a network ``hyperparameters``. A run result of the
        same architecture and seed does not count: it would be replaced.

    Raises
    ------
    InputError
        If a run result there comes from other beats, or has the same architecture and other hyperparameters.
    """
    for file in sorted((results / "run_results").glob("*/seed*/facts.json")):
        other = read_json(file)
        same_model = other["architecture"] == run["architecture"]
        if same_model and other["seed"] == run["seed"]:
            continue
        if other["data_fingerprint"] != run["data_fingerprint"] or (
            same_model and _hyperparameters(other) != _hyperparameters(run)
        ):
            raise InputError(
                f"{file.parent} comes from other beats or other hyperparameters than {run['architecture']}, seed "
                f"{run['seed']}. The two cannot be compared. Delete that folder, or choose another --out."
            )


def _hyperparameters(run: dict[str, Any]) -> dict[str, Any] | None:
    """Return a network's hyperparameters, with defaults for those that older run results lack."""
    return {**asdict(Hyperparameters()), **run["hyperparameters"]} if "hyperparameters" in run else None


def _read(folder: Path) -> RunResult:
    history = folder / "history.csv"
    return RunResult(
        read_json(folder / "facts.json"),
        pd.read_parquet(folder / "test.parquet"),
        pd.read_csv(history) if history.exists() else None,
    )


def best_by_validation(run_results: list[RunResult], model: str) -> RunResult:
    """Return the run result of a model's seed with the highest macro-F1 on the validation beats."""
    return max(
        (run_result for run_result in run_results if run_result.model == model),
        key=lambda run_result: run_result.facts["validation"]["macro_f1"],
    )
