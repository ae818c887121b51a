"""Model cards: facts from ``results/`` and the model's folder, put into one template."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from huggingface_hub import EvalResult, ModelCard, ModelCardData

from ecg.atomic_files import read_json
from ecg.classes import AAMI_CLASSES, LABELS
from ecg.data.splits import DIVIDING_PROTOCOLS, PROTOCOLS
from ecg.evaluation.result_paths import result_path
from ecg.evaluation.table_format import formatted
from ecg.signal.rr_features import RHYTHM
from hub.repositories import DATASET, SPACE, model_repository

TEMPLATE = Path(__file__).parent / "model_card.md"
WATTS = 15
"""Power of a busy core of a server, with its share of memory and cooling: an assumption."""
MEASURED = {
    "intra_patient": "intra-patient protocol",
    "inter_patient": "inter-patient protocol",
    "all_patients": "cross-validation over all records",
}
GRAMS_PER_KWH = 480
"""World average of 2023 (Ember, Global Electricity Review 2024)."""


@dataclass(frozen=True)
class Line:
    """A line of the card's table of results, formatted; the 95 % intervals are empty for a single model."""

    measured_on: str
    weights: str
    accuracy: str
    accuracy_interval: str
    macro_f1: str
    macro_f1_interval: str


@dataclass(frozen=True)
class Facts:
    """The content of a model card.

    Attributes
    ----------
    namespace : str
        User or organisation that publishes.
    architecture : str
        Name of the architecture.
    metrics : dict
        Metrics of exactly these weights; of weights trained on all records, those of cross-validation.
    provenance : dict
        The ``provenance.json`` of the model.
    lines : tuple of Line
        Intra-patient and inter-patient results of this architecture.
    latency : dict of str to str
        Its row in the table of cost, formatted; without latency if that was not measured.
    """

    namespace: str
    architecture: str
    metrics: dict[str, Any]
    provenance: dict[str, Any]
    lines: tuple[Line, ...]
    latency: dict[str, str]


def gather(namespace: str, model: Path, results: Path) -> Facts:
    """Read the facts of a model from its folder `model` and from the folder `results`."""
    metrics = read_json(model / "metrics.json")
    return Facts(
        namespace=namespace,
        architecture=metrics["architecture"],
        metrics=metrics,
        provenance=read_json(model / "provenance.json"),
        lines=tuple(_lines(namespace, metrics, results)),
        latency=_row(results / metrics["protocol"] / "cost.csv", metrics["title"]),
    )


def _lines(namespace: str, metrics: dict[str, Any], results: Path) -> Iterator[Line]:
    architecture, title, protocol = metrics["architecture"], metrics["title"], metrics["protocol"]
    intra_patient, inter_patient, _ = (model_repository(namespace, architecture, other) for other in PROTOCOLS)
    if protocol != "all_patients":
        people = "seen in training" if protocol == "intra_patient" else "never seen (DS2)"
        macro_f1 = (
            f"{metrics['macro_f1']:.4f}" if protocol == "intra_patient" else f"{_macro_f1_of_four(metrics)} (of N S V F)"
        )
        accuracy = f"{metrics['accuracy']:.4f}"
        beats = f"{metrics['beats']:,} test beats of patients {people}"
        yield Line(beats, f"these (seed {metrics['seed']})", accuracy, "", macro_f1, "")
        row = _row(results / protocol / "comparison.csv", title)
        seeds = f"{row['seeds']} seed{'' if row['seeds'] == '1' else 's'} of this architecture"
        yield _line("the same beats", seeds, row)
    else:
        row = _row(results / protocol / "comparison.csv", title)
        unseen = f"all {metrics['beats']:,} beats, each by a model that has not seen its record"
        yield _line(unseen, "five others: these hyperparameters, four fifths of the records each", row)
    if protocol == "intra_patient":
        row = _row(results / result_path("inter_patient", "kaggle_beat") / "comparison.csv", title)
        yield _line("patients never seen (DS2)", "others: this architecture trained on DS1 alone", row)
    else:
        row = _row(results / "intra_patient" / "comparison.csv", title)
        reads_kaggle_beats = f"[{intra_patient}](/{intra_patient}), which reads the Kaggle beat; macro-F1 of five classes"
        yield _line("patients seen in training", reads_kaggle_beats, row)
    if protocol != "inter_patient":
        row = _row(results / "inter_patient" / "comparison.csv", title)
        yield _line("patients never seen (DS2)", f"[{inter_patient}](/{inter_patient}), which reads the beat in context", row)


def _macro_f1_of_four(metrics: dict[str, Any]) -> str:
    return f"{sum(metrics['per_class'][label]['f1'] for label in 'NSVF') / 4:.4f}"


def _line(measured_on: str, weights: str, row: dict[str, str]) -> Line:
    (macro_f1,) = (name for name in ("macro-F1", "macro-F1 of N S V F") if name in row)
    classes = macro_f1.removeprefix("macro-F1")
    return Line(
        measured_on,
        weights,
        row["accuracy"],
        row["accuracy, 95 % interval"],
        row[macro_f1] + (f" ({classes.strip()})" if classes else ""),
        row[f"{macro_f1}, 95 % interval"],
    )


def _row(table: Path, title: str) -> dict[str, str]:
    rows = formatted(pd.read_csv(table)).set_index("model", drop=False)
    return {str(name): str(cell) for name, cell in rows.loc[title].items()}


def write_card(facts: Facts) -> str:
    """Write a model card: Markdown with YAML front matter."""
    namespace = facts.namespace
    names = {
        "repo_id": model_repository(namespace, facts.architecture, facts.metrics["protocol"]),
        "inter_patient": model_repository(namespace, facts.architecture, "inter_patient"),
        "all_patients": model_repository(namespace, facts.architecture, "all_patients"),
        "dataset": f"{namespace}/{DATASET}",
        "space": f"/spaces/{namespace}/{SPACE}",
        "space_id": f"{namespace}/{SPACE}",
    }
    card = ModelCard.from_template(
        _card_data(facts),
        template_path=str(TEMPLATE),
        **names,
        **{name: fact for name, fact in asdict(facts).items() if name not in ("namespace", "provenance")},
        title=facts.metrics["title"],
        labels=LABELS,
        numbers=len(RHYTHM),
        classes={label: heartbeat_class.name for label, heartbeat_class in AAMI_CLASSES.items()},
        training=facts.provenance["training"],
        versions=facts.provenance["versions"],
        hyperparameters=facts.metrics["hyperparameters"],
        emissions=_emissions(facts),
        watts=WATTS,
        intensity=GRAMS_PER_KWH,
    )
    return str(card)


def _card_data(facts: Facts) -> ModelCardData:
    per_class, protocol = facts.metrics["per_class"], facts.metrics["protocol"]
    figures = {"accuracy": ("accuracy", facts.metrics["accuracy"]), "macro-F1": ("f1", facts.metrics["macro_f1"])}
    if protocol != "intra_patient":
        figures |= {f"F1 of {label}": ("f1", per_class[label]["f1"]) for label in ("S", "V")}
    results = [
        EvalResult(
            task_type="tabular-classification",
            task_name="heartbeat classification",
            dataset_type=f"{facts.namespace}/{DATASET}",
            dataset_name=f"MIT-BIH heartbeats, {MEASURED[protocol]}",
            metric_type=metric,
            metric_name=name,
            metric_value=float(figure),
            dataset_config=protocol if protocol in DIVIDING_PROTOCOLS else None,
            dataset_split="test" if protocol in DIVIDING_PROTOCOLS else None,
        )
        for name, (metric, figure) in figures.items()
    ]
    return ModelCardData(
        language="en",
        license="mit",
        library_name="keras",
        tags=["ecg", "heartbeat", "arrhythmia", "mit-bih", "time-series-classification", "onnx"],
        datasets=[f"{facts.namespace}/{DATASET}"],
        metrics=["accuracy", "f1"],
        model_name=f"{facts.metrics['title']} for ECG heartbeats",
        eval_results=results,
        co2_eq_emissions={
            "emissions": round(_emissions(facts), 2),
            "source": f"estimate: training time, {WATTS} W a core, {GRAMS_PER_KWH} g a kWh",
            "training_type": "from scratch",
            "hardware_used": f"CPU cores: {facts.metrics['training_cores']}",
        },
    )


def _emissions(facts: Facts) -> float:
    core_hours = facts.metrics["training_seconds"] * facts.metrics["training_cores"] / 3600
    return float(core_hours * WATTS / 1000 * GRAMS_PER_KWH)
