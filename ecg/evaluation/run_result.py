"""What is kept of a training run for good: the facts of the training and the answers on the test beats.

One folder a run below ``results/<protocol>/run_results/<model>/seed<number>/``:

================  ===================================================================================================
``facts.json``    model, seed, hyperparameters, data, cost, figures on the validation split, provenance
``test.parquet``  record, sample and class index of each test beat, and its five probabilities (float16), calibrated and
                  as they were before; of models of all patients, for whom no test beats are left, what was said of each
                  record in cross-validation
``history.csv``   metrics of each epoch; baselines have none
================  ===================================================================================================

All that is said of the models on the test beats is worked out from these files (`ecg.evaluation.report`).
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
    "column_encoding": {"sample": "DELTA_BINARY_PACKED"},  # samples of one record follow one another: a third of the size
}


@dataclass(frozen=True)
class RunResult:
    """One trained model's facts and answers.

    Attributes
    ----------
    facts : dict
        Content of ``facts.json``.
    test : DataFrame
        Content of ``test.parquet``.
    history : DataFrame or None
        Content of ``history.csv``.
    """

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
        """All figures: those of the facts, and those on the test beats after and before calibration."""
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
    """Put together what is kept of a run.

    Parameters
    ----------
    facts : dict
        The facts of the training.
    beats : BeatTable
        The test beats.
    probabilities, uncalibrated : ndarray, shape (n, 5)
        What the model says of them, after and before calibration.
    history : DataFrame, optional
        Metrics of each epoch.

    Returns
    -------
    RunResult
        The run_result, its probabilities rounded to four decimals and to float16, which near 1 is coarser still.
    """
    origin = pd.DataFrame(
        {"record": beats.records, "sample": beats.samples.astype(np.int32), "label": beats.labels.astype(np.int8)}
    )
    answers = np.hstack([_rounded(probabilities), _rounded(uncalibrated)])
    test = pd.concat([origin, pd.DataFrame(answers, columns=[*CALIBRATED, *UNCALIBRATED])], axis=1)
    return RunResult(facts, test, history)


def _rounded(probabilities: np.ndarray) -> np.ndarray:
    rounded = probabilities.round(DECIMALS).astype(np.float16)
    said = probabilities.argmax(axis=1)
    (tied,) = np.nonzero(rounded.argmax(axis=1) != said)  # a class that is ahead by less than the rounding stays ahead
    rounded[tied, said[tied]] = np.nextafter(rounded[tied].max(axis=1), np.float16(2))
    return rounded


def write_run_result(results: Path, run_result: RunResult) -> None:
    """Keep the run_result of a run.

    Parameters
    ----------
    results : Path
        Folder of the results of a protocol.
    run_result : RunResult
        The run_result; an older one of the same model and seed is replaced.
    """
    folder = results / "run_results" / run_result.model / f"seed{run_result.facts['seed']}"
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / "test.parquet", run_result.test.to_parquet(index=False, **PARQUET))
    if run_result.history is not None:
        write_atomically(folder / "history.csv", run_result.history.to_csv(index=False))
    write_json(folder / "facts.json", run_result.facts)  # last: an run_result without facts is not there yet


def read_run_results(results: Path) -> list[RunResult]:
    """Read the run_results of all runs of a protocol.

    Parameters
    ----------
    results : Path
        Folder of the results of a protocol.

    Returns
    -------
    list of RunResult
        In the order of every comparison, and of the seeds.

    Raises
    ------
    InputError
        If there is none, or if they cannot be compared: other test beats, or another hyperparameters for the same model.
    """
    run_results = [
        _read(facts.parent)
        for model in ALL_TITLES
        for facts in sorted(
            (results / "run_results" / model).glob("seed*/facts.json"), key=lambda file: int(file.parent.name[4:])
        )
    ]
    if not run_results:
        raise InputError(f"{results} holds no run_result of a training run. `python train.py` writes them.")
    for run_result in run_results:
        check_comparable(results, run_result.facts)
    return run_results


def check_comparable(results: Path, run: dict[str, Any]) -> None:
    """Refuse a run whose run_result could not stand beside those that are already there.

    Parameters
    ----------
    results : Path
        Folder of the results of a protocol.
    run : dict
        At least ``architecture``, ``seed`` and ``data_fingerprint``, and a network's ``hyperparameters``. An run_result of the same
        architecture and seed would be replaced, and does not count.

    Raises
    ------
    InputError
        If an run_result there comes from other beats, or another seed of the same architecture from another hyperparameters.
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
                f"{file.parent} comes from other beats or another hyperparameters than {run['architecture']}, seed {run['seed']}, so "
                "that the two cannot be compared. Delete that folder, or choose another --out."
            )


def _hyperparameters(run: dict[str, Any]) -> dict[str, Any] | None:
    """Return a network's hyperparameters, with what it left unsaid because it had not been thought of yet."""
    return {**asdict(Hyperparameters()), **run["hyperparameters"]} if "hyperparameters" in run else None


def _read(folder: Path) -> RunResult:
    history = folder / "history.csv"
    return RunResult(
        read_json(folder / "facts.json"),
        pd.read_parquet(folder / "test.parquet"),
        pd.read_csv(history) if history.exists() else None,
    )


def best_by_validation(run_results: list[RunResult], model: str) -> RunResult:
    """Choose among the seeds of a model, without a look at the test beats.

    Parameters
    ----------
    run_results : list of RunResult
        Outcomes of one protocol.
    model : str
        Name of the model.

    Returns
    -------
    RunResult
        That of the highest macro-F1 on the validation split.
    """
    return max(
        (run_result for run_result in run_results if run_result.model == model),
        key=lambda run_result: run_result.facts["validation"]["macro_f1"],
    )
