"""Compare the protocols with each other: results on patients seen in training, and on patients never seen.

Reads the ``comparison.csv`` of every protocol and ablation below ``results/``. Macro-F1 is that of N S V F throughout, because
DS2 has seven test beats of class Q.
"""

from pathlib import Path

import pandas as pd

from ecg.data.splits import DIVIDING_PROTOCOLS
from ecg.errors import InputError
from ecg.evaluation.result_paths import result_path
from ecg.networks.inputs import INPUTS
from ecg.networks.registry import TITLES

PROTOCOL_TITLES = {"intra_patient": "intra-patient", "inter_patient": "inter-patient"}
INPUT_TITLES = {
    "kaggle_beat": "Kaggle beat",
    "context_beat": "beat in context",
    "context_rhythm": "beat in context, RR features",
    "context": "beat in context, RR features, median beat",
}
OVERVIEW = {
    "intra-patient": ("intra_patient", "kaggle_beat"),
    "inter-patient": ("inter_patient", "kaggle_beat"),
    "inter-patient, in context": ("inter_patient", "context"),
}
"""Column group of the overview: its protocol and inputs."""
FIGURES = ("accuracy", "macro-F1", "F1 S", "F1 V")


def overview_table(results: Path) -> pd.DataFrame:
    """Compare the five architectures under both protocols, one row each.

    Accuracy and macro-F1 by the Kaggle beat, intra-patient and inter-patient; then, inter-patient by the beat in context, the
    same and F1 of S and V.

    Raises
    ------
    InputError
        If one of the three was not measured.
    """
    groups = []
    for title, (protocol, inputs) in OVERVIEW.items():
        figures = _figures(results / result_path(protocol, inputs))
        if figures is None:
            raise InputError(f"{results / result_path(protocol, inputs)} holds no comparison. `python train.py` makes it.")
        chosen = figures.columns if inputs == "context" else ["accuracy", "macro-F1"]
        groups.append(figures[chosen].add_prefix(f"{title}: "))
    table = pd.concat(groups, axis=1).reindex(list(TITLES.values()))
    return table.rename_axis("model").reset_index()


def ablation_table(results: Path) -> pd.DataFrame:
    """Compare the inputs, one row an architecture and input.

    Accuracy, macro-F1, and F1 of S and V, intra-patient and inter-patient. What was not measured is NaN.
    """
    groups = []
    for inputs in INPUTS:
        measured = {protocol: _figures(results / result_path(protocol, inputs)) for protocol in DIVIDING_PROTOCOLS}
        columns = [
            figures.add_prefix(f"{PROTOCOL_TITLES[protocol]}: ")
            for protocol, figures in measured.items()
            if figures is not None
        ]
        if columns:
            rows = pd.concat(columns, axis=1).reindex(list(TITLES.values())).dropna(how="all")
            groups.append(rows.rename_axis("model").reset_index().assign(inputs=INPUT_TITLES[inputs]))
    table = pd.concat(groups, ignore_index=True)
    order = {title: number for number, title in enumerate(TITLES.values())}
    table = table.sort_values("model", key=lambda column: column.map(order), kind="stable")
    names = [f"{protocol}: {figure}" for protocol in PROTOCOL_TITLES.values() for figure in FIGURES]
    return table.reindex(columns=["model", "inputs", *names])


def _figures(folder: Path) -> pd.DataFrame | None:
    file = folder / "comparison.csv"
    if not file.exists():
        return None
    table = pd.read_csv(file).set_index("model")
    return table.assign(**{"macro-F1": table[["F1 N", "F1 S", "F1 V", "F1 F"]].mean(axis=1)})[list(FIGURES)]
