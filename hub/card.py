"""Model cards: facts from the measured results, put into one template."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from huggingface_hub import EvalResult, ModelCard, ModelCardData

from ecg.classes import AAMI_CLASSES, LABELS
from ecg.comparison import formatted
from ecg.files import read_json
from hub.repositories import DATASET, SPACE, model_repository

TEMPLATE = Path(__file__).parent / "model_card.md"
WATTS = 15
"""Of a busy core of a server, with its share of memory and cooling: an assumption."""
GRAMS_PER_KWH = 480
"""World average of 2023 (Ember, Global Electricity Review 2024)."""


@dataclass(frozen=True)
class Facts:
    """All that a model card says.

    Attributes
    ----------
    namespace : str
        User or organisation that publishes.
    architecture : str
        Name of the architecture.
    metrics : dict
        Figures of exactly these weights.
    provenance : dict
        Where they come from.
    intra, inter : dict of str to str
        Row of the architecture in the comparison of each protocol, formatted.
    latency : dict of str to str
        Its row in the table of cost, formatted; empty where nothing was measured.
    """

    namespace: str
    architecture: str
    metrics: dict[str, Any]
    provenance: dict[str, Any]
    intra: dict[str, str]
    inter: dict[str, str]
    latency: dict[str, str]


def gather(namespace: str, model: Path, results: Path) -> Facts:
    """Read the facts of a model.

    Parameters
    ----------
    namespace : str
        User or organisation that publishes.
    model : Path
        The model's folder.
    results : Path
        The folder of the measured results, one folder a protocol.

    Returns
    -------
    Facts
        The facts.
    """
    metrics = read_json(model / "metrics.json")
    return Facts(
        namespace=namespace,
        architecture=metrics["architecture"],
        metrics=metrics,
        provenance=read_json(model / "provenance.json"),
        intra=_row(results / "intra_patient" / "comparison.csv", metrics["title"]),
        inter=_row(results / "ablation" / "kaggle_beat" / "inter_patient" / "comparison.csv", metrics["title"]),
        latency=_row(results / "intra_patient" / "cost.csv", metrics["title"]),
    )


def _row(table: Path, title: str) -> dict[str, str]:
    rows = formatted(pd.read_csv(table)).set_index("model", drop=False)
    return {str(name): str(cell) for name, cell in rows.loc[title].items()}


def write_card(facts: Facts) -> str:
    """Write a model card.

    Parameters
    ----------
    facts : Facts
        The facts.

    Returns
    -------
    str
        The card, Markdown with YAML front matter.
    """
    namespace = facts.namespace
    names = {
        "repo_id": model_repository(namespace, facts.architecture),
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
        classes={label: heartbeat_class.name for label, heartbeat_class in AAMI_CLASSES.items()},
        training=facts.provenance["training"],
        versions=facts.provenance["versions"],
        recipe=facts.metrics["recipe"],
        emissions=_emissions(facts),
        watts=WATTS,
        intensity=GRAMS_PER_KWH,
    )
    return str(card)


def _card_data(facts: Facts) -> ModelCardData:
    results = [
        EvalResult(
            task_type="tabular-classification",
            task_name="heartbeat classification",
            dataset_type=f"{facts.namespace}/{DATASET}",
            dataset_name="MIT-BIH heartbeats, intra-patient protocol",
            dataset_config="intra_patient",
            dataset_split="test",
            metric_type=metric,
            metric_name=name,
            metric_value=float(facts.metrics[key]),
        )
        for metric, name, key in (("accuracy", "accuracy", "accuracy"), ("f1", "macro-F1", "macro_f1"))
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
