"""Run results: writing, reading, comparing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ecg.data.beat_table import BeatTable
from ecg.errors import InputError
from ecg.evaluation.metrics import score
from ecg.evaluation.run_result import (
    RunResult,
    best_by_validation,
    check_comparable,
    make_run_result,
    read_run_results,
    write_run_result,
)


def example_run_result(beats: BeatTable, model: str = "cnn", seed: int = 0, validated: float = 0.9, **facts: Any) -> RunResult:
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.full(5, 0.2), len(beats.labels))
    uncalibrated = generator.dirichlet(np.full(5, 0.2), len(beats.labels))
    defaults = {
        "architecture": model,
        "protocol": "intra_patient",
        "title": model,
        "seed": seed,
        "data_fingerprint": "the same",
        "hyperparameters": {"epochs": 2},
        "validation": {"macro_f1": validated},
        "threshold": 0.9,
        "parameters": 5,
        "mflops": 1.5,
        "training_seconds": 60.0,
        "training_cores": 2,
        "provenance": {"commit": "abc"},
    }
    return make_run_result({**defaults, **facts}, beats, probabilities, uncalibrated, pd.DataFrame({"epoch": [1, 2]}))


@pytest.fixture(scope="module")
def beats(generated: BeatTable) -> BeatTable:
    return generated.part("intra_patient", "test")


def test_a_run_result_is_read_as_it_was_written(beats: BeatTable, tmp_path: Path) -> None:
    written = example_run_result(beats)
    write_run_result(tmp_path, written)
    (found,) = read_run_results(tmp_path)
    assert found.facts == written.facts
    pd.testing.assert_frame_equal(found.test, written.test)
    assert found.history is not None
    assert found.history["epoch"].tolist() == [1, 2]
    assert found.test.dtypes["p_N"] == np.float16
    np.testing.assert_array_equal(found.labels, beats.labels)


def test_metrics_are_those_of_the_stored_probabilities(beats: BeatTable) -> None:
    run_result = example_run_result(beats)
    assert run_result.metrics["accuracy"] == score(beats.labels, run_result.probabilities).accuracy
    assert run_result.metrics["uncalibrated"]["accuracy"] == score(beats.labels, run_result.uncalibrated).accuracy
    assert run_result.metrics["accuracy"] != run_result.metrics["uncalibrated"]["accuracy"]
    assert run_result.metrics["confident"]["threshold"] == 0.9
    assert run_result.metrics["split"] == "test"
    assert "provenance" not in run_result.metrics


def test_rounding_changes_no_predicted_class(beats: BeatTable) -> None:
    """Neither where two classes are almost equal nor where tiny probabilities vanish in float16."""
    close = np.tile([0.49999, 0.50001, 0, 0, 0], (len(beats.labels), 1))
    closer = np.tile([0.30001, 0.30002, 0.30003, 0.09994, 1e-9], (len(beats.labels), 1))
    facts = example_run_result(beats).facts
    run_result = make_run_result(facts, beats, close, closer)
    assert (run_result.probabilities.argmax(axis=1) == 1).all()
    assert (run_result.uncalibrated.argmax(axis=1) == 2).all()
    np.testing.assert_allclose(run_result.probabilities, close, atol=1e-3)
    np.testing.assert_allclose(run_result.uncalibrated, closer, atol=1e-3)


def test_the_best_seed_is_chosen_on_validation(beats: BeatTable) -> None:
    run_results = [
        example_run_result(beats, seed=seed, validated=validated) for seed, validated in enumerate([0.93, 0.95, 0.94])
    ]
    assert best_by_validation([*run_results, example_run_result(beats, "gru", validated=0.99)], "cnn").facts["seed"] == 1


def test_run_results_come_in_the_order_of_the_models(beats: BeatTable, tmp_path: Path) -> None:
    for model, seed in (("majority_class", 0), ("gru", 10), ("cnn", 0), ("gru", 2)):
        write_run_result(tmp_path, example_run_result(beats, model, seed))
    found = [(run_result.model, run_result.facts["seed"]) for run_result in read_run_results(tmp_path)]
    assert found == [("cnn", 0), ("gru", 2), ("gru", 10), ("majority_class", 0)]


def test_a_folder_without_run_results_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no run result. Train first: `python train.py`"):
        read_run_results(tmp_path)


@pytest.mark.parametrize("changed", [{"data_fingerprint": "another"}, {"hyperparameters": {"epochs": 3}}])
def test_what_cannot_be_compared_is_refused(beats: BeatTable, tmp_path: Path, changed: dict[str, Any]) -> None:
    write_run_result(tmp_path, example_run_result(beats, seed=1))
    other = example_run_result(beats, seed=2, **changed)
    with pytest.raises(
        InputError, match=r"run_results/cnn/seed1 comes from other beats or other hyperparameters than cnn, seed 2"
    ):
        check_comparable(tmp_path, other.facts)
    check_comparable(tmp_path, {**other.facts, "seed": 1})  # it would replace the older one
    write_run_result(tmp_path, other)
    with pytest.raises(InputError, match="Delete that folder"):
        read_run_results(tmp_path)


def test_other_models_may_have_other_hyperparameters(beats: BeatTable, tmp_path: Path) -> None:
    write_run_result(tmp_path, example_run_result(beats, "gru"))
    write_run_result(tmp_path, example_run_result(beats, "cnn", hyperparameters={"epochs": 3}))
    assert len(read_run_results(tmp_path)) == 2


def test_kaggle_rows_have_no_record(beats: BeatTable, tmp_path: Path) -> None:
    unknown = replace(beats, records=np.full(len(beats.labels), ""), samples=np.full(len(beats.labels), -1))
    write_run_result(tmp_path, example_run_result(unknown))
    (found,) = read_run_results(tmp_path)
    assert set(found.test["record"]) == {""}
