"""Results record by record, and without the few records that hold most of the ectopic beats."""

import numpy as np
import pandas as pd

from ecg.classes import ECTOPIC, LABELS
from ecg.data.mitdb import PACED
from ecg.evaluation.metrics import score
from ecg.evaluation.run_result import RunResult
from ecg.networks.registry import ALL_TITLES

SUBSETS: dict[str, dict[str, tuple[str, ...]]] = {
    "inter_patient": {
        "all records": (),
        "all but 202, the person of 201 in DS1": ("202",),
        "all but 232, with 1,382 of the S": ("232",),
        "all but 213, with 362 of the F": ("213",),
    },
    "all_patients": {
        "all records": (),
        "all but the paced ones": PACED,
        "all but 232, with half of the S": ("232",),
    },
}
"""For each protocol: subsets of the records by title, and the records that each leaves out."""


def record_subsets_table(run_results: list[RunResult]) -> pd.DataFrame:
    """Compare the models on the subsets of the records, one row a model and subset.

    The columns: accuracy, and sensitivity (Se) and positive predictivity (+P) of S and V; means over the seeds. The protocol
    of the run results must hold out whole records.
    """
    rows = []
    for model in dict.fromkeys(run_result.model for run_result in run_results):
        seeds = [run_result for run_result in run_results if run_result.model == model]
        for subset, left_out in SUBSETS[run_results[0].facts["protocol"]].items():
            figures = [_figures(seed, ~seed.test["record"].isin(left_out).to_numpy()) for seed in seeds]
            rows.append({"model": ALL_TITLES[model], "records": subset, **_means(figures)})
    return pd.DataFrame(rows)


def records_table(run_results: list[RunResult]) -> pd.DataFrame:
    """Compare the models on each record, one row a record and model.

    The columns: beats of each class, accuracy, and sensitivity (Se) and positive predictivity (+P) of S and V; means over the
    seeds. A figure is NaN where the record has no such beat, or none is predicted.
    """
    rows = []
    for record in sorted(set(run_results[0].test["record"])):
        for model in dict.fromkeys(run_result.model for run_result in run_results):
            seeds = [run_result for run_result in run_results if run_result.model == model]
            of_record = (seeds[0].test["record"] == record).to_numpy()
            beats = np.bincount(seeds[0].labels[of_record], minlength=len(LABELS))
            figures = [_figures(seed, of_record) for seed in seeds]
            counts = dict(zip(LABELS, beats.tolist(), strict=True))
            rows.append({"record": record, "model": ALL_TITLES[model], **counts, **_means(figures)})
    return pd.DataFrame(rows)


def _figures(run_result: RunResult, rows: np.ndarray) -> dict[str, float]:
    scores = score(run_result.labels[rows], run_result.probabilities[rows])
    predicted = np.array(scores.confusion_matrix).sum(axis=0)
    figures = {"accuracy": scores.accuracy}
    for label in ECTOPIC:
        of_class = scores.per_class[label]
        figures[f"Se {label}"] = of_class["recall"] if of_class["support"] else np.nan
        figures[f"+P {label}"] = of_class["precision"] if predicted[LABELS.index(label)] else np.nan
    return figures


def _means(figures: list[dict[str, float]]) -> dict[str, float]:
    table = pd.DataFrame(figures)
    return {str(name): float(mean) for name, mean in table.mean().items()}
