"""What is kept of a training run."""

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


def make_outcome(beats: BeatTable, model: str = "cnn", seed: int = 0, validated: float = 0.9, **facts: Any) -> RunResult:
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.full(5, 0.2), len(beats.labels))
    uncalibrated = generator.dirichlet(np.full(5, 0.2), len(beats.labels))
    settled = {
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
    return make_run_result({**settled, **facts}, beats, probabilities, uncalibrated, pd.DataFrame({"epoch": [1, 2]}))


@pytest.fixture(scope="module")
def beats(generated: BeatTable) -> BeatTable:
    return generated.part("intra_patient", "test")


def test_an_outcome_comes_back_as_it_was_kept(beats: BeatTable, tmp_path: Path) -> None:
    kept = make_outcome(beats)
    write_run_result(tmp_path, kept)
    (found,) = read_run_results(tmp_path)
    assert found.facts == kept.facts
    pd.testing.assert_frame_equal(found.test, kept.test)
    assert found.history is not None
    assert found.history["epoch"].tolist() == [1, 2]
    assert found.test.dtypes["p_N"] == np.float16
    np.testing.assert_array_equal(found.labels, beats.labels)


def test_the_figures_are_those_of_the_kept_probabilities(beats: BeatTable) -> None:
    run_result = make_outcome(beats)
    assert run_result.metrics["accuracy"] == score(beats.labels, run_result.probabilities).accuracy
    assert run_result.metrics["uncalibrated"]["accuracy"] == score(beats.labels, run_result.uncalibrated).accuracy
    assert run_result.metrics["accuracy"] != run_result.metrics["uncalibrated"]["accuracy"]
    assert run_result.metrics["confident"]["threshold"] == 0.9
    assert run_result.metrics["split"] == "test"
    assert "provenance" not in run_result.metrics


def test_rounding_changes_no_answer(beats: BeatTable) -> None:
    """Not even where two classes are as good as equal, or the tiny probabilities of float16 vanish."""
    close = np.tile([0.49999, 0.50001, 0, 0, 0], (len(beats.labels), 1))
    closer = np.tile([0.30001, 0.30002, 0.30003, 0.09994, 1e-9], (len(beats.labels), 1))
    facts = make_outcome(beats).facts
    run_result = make_run_result(facts, beats, close, closer)
    assert (run_result.probabilities.argmax(axis=1) == 1).all()
    assert (run_result.uncalibrated.argmax(axis=1) == 2).all()
    np.testing.assert_allclose(run_result.probabilities, close, atol=1e-3)
    np.testing.assert_allclose(run_result.uncalibrated, closer, atol=1e-3)


def test_the_best_seed_is_chosen_on_validation(beats: BeatTable) -> None:
    run_results = [make_outcome(beats, seed=seed, validated=validated) for seed, validated in enumerate([0.93, 0.95, 0.94])]
    assert best_by_validation([*run_results, make_outcome(beats, "gru", validated=0.99)], "cnn").facts["seed"] == 1


def test_outcomes_come_in_the_order_of_every_comparison(beats: BeatTable, tmp_path: Path) -> None:
    for model, seed in (("majority_class", 0), ("gru", 10), ("cnn", 0), ("gru", 2)):
        write_run_result(tmp_path, make_outcome(beats, model, seed))
    found = [(run_result.model, run_result.facts["seed"]) for run_result in read_run_results(tmp_path)]
    assert found == [("cnn", 0), ("gru", 2), ("gru", 10), ("majority_class", 0)]


def test_no_outcome_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no run_result of a training run. `python train.py`"):
        read_run_results(tmp_path)


@pytest.mark.parametrize("changed", [{"data_fingerprint": "another"}, {"hyperparameters": {"epochs": 3}}])
def test_what_cannot_be_compared_is_refused(beats: BeatTable, tmp_path: Path, changed: dict[str, Any]) -> None:
    write_run_result(tmp_path, make_outcome(beats, seed=1))
    other = make_outcome(beats, seed=2, **changed)
    with pytest.raises(
        InputError, match=r"run_results/cnn/seed1 comes from other beats or another hyperparameters than cnn, seed 2"
    ):
        check_comparable(tmp_path, other.facts)
    check_comparable(tmp_path, {**other.facts, "seed": 1})  # it would replace the older one
    write_run_result(tmp_path, other)
    with pytest.raises(InputError, match="Delete that folder"):
        read_run_results(tmp_path)


def test_other_models_may_have_other_recipes(beats: BeatTable, tmp_path: Path) -> None:
    write_run_result(tmp_path, make_outcome(beats, "gru"))
    write_run_result(tmp_path, make_outcome(beats, "cnn", hyperparameters={"epochs": 3}))
    assert len(read_run_results(tmp_path)) == 2


def test_kaggle_rows_have_no_record(beats: BeatTable, tmp_path: Path) -> None:
    unknown = replace(beats, records=np.full(len(beats.labels), ""), samples=np.full(len(beats.labels), -1))
    write_run_result(tmp_path, make_outcome(unknown))
    (found,) = read_run_results(tmp_path)
    assert set(found.test["record"]) == {""}
