"""The model cards, whole."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from ecg.data.splits import PROTOCOLS
from hub.card import Facts, Line, write_card

GOLDEN = Path(__file__).parent / "golden"
FACTS = Facts(
    namespace="someone",
    architecture="simple_rnn",
    metrics={
        "architecture": "simple_rnn",
        "title": "SimpleRNN",
        "protocol": "intra_patient",
        "seed": 1,
        "calibrated": True,
        "beats": 1000,
        "accuracy": 0.98765,
        "macro_f1": 0.93214,
        "ece": 0.0031,
        "uncalibrated": {"ece": 0.0062},
        "confident": {"threshold": 0.91234, "share": 0.9661, "accuracy": 0.99612},
        "per_class": {
            label: {"precision": 0.9, "recall": 0.8, "f1": 0.847, "support": 200} for label in ("N", "S", "V", "F", "Q")
        },
        "parameters": 72933,
        "mflops": 5.3,
        "epochs": 30,
        "training_seconds": 600.0,
        "training_cores": 2,
        "hyperparameters": {
            "weight_decay": 0.01,
            "learning_rate": 0.002,
            "schedule": "cosine",
            "batch_size": 256,
            "mixup": 0.0,
            "rr_augmentation": 0.7,
        },
    },
    provenance={
        "training": {"beats": 78800, "records": ["100", "101"]},
        "versions": {"keras": "3.15.1", "tensorflow": "2.21.0"},
    },
    lines=(
        Line("1,000 test beats of patients seen in training", "these (seed 1)", "0.9877", "", "0.9321", ""),
        Line("patients never seen (DS2)", "others", "0.8754", "0.8720 to 0.8790", "0.3721 (of N S V F)", "0.3240 to 0.4210"),
    ),
    latency={"file (MB)": "0.34", "one beat (ms)": "0.90", "a record (ms)": "120"},
)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_whole_card(protocol: str) -> None:
    """When the template changes on purpose: read the new cards, and write them to the golden files."""
    assert (
        write_card(replace(FACTS, metrics={**FACTS.metrics, "protocol": protocol})) == (GOLDEN / f"{protocol}.md").read_text()
    )


def test_a_model_that_is_not_calibrated_does_not_say_it_is() -> None:
    card = write_card(replace(FACTS, metrics={**FACTS.metrics, "calibrated": False}))
    assert "Calibrated by" not in card
    assert ", calibrated" not in card
    assert "vector scaling did not help on held-out records" in card


def test_the_front_matter_is_what_the_hub_reads() -> None:
    data = yaml.safe_load(write_card(FACTS).split("---\n")[1])
    assert data["library_name"] == "keras"
    assert data["license"] == "mit"
    (result,) = data["model-index"][0]["results"]
    assert {metric["name"]: metric["value"] for metric in result["metrics"]} == {"accuracy": 0.98765, "macro-F1": 0.93214}
    assert result["dataset"]["split"] == "test"
    assert data["co2_eq_emissions"]["emissions"] == 2.4
