"""Write the tables and figures of ``results/`` from the run results of the training runs.

Needs neither the records nor TensorFlow. Written beside the ``run_results/`` of a protocol:

================================  ==========================================================================================
``comparison.csv``, ``.md``       accuracy, macro-F1, F1 of each class: mean, standard deviation over the seeds, interval
``classes.csv``, ``.md``          sensitivity and positive predictivity of each class, with intervals
``differences.csv``, ``.md``      which differences between the networks are significant
``calibration.csv``, ``.md``      calibration of the probabilities, before and after vector scaling
``cost.csv``, ``.md``             parameters, arithmetic, training time; file size and latency if ``latency.csv`` exists
``record_subsets.csv``, ``.md``   without the records that decide most (protocols that hold out whole records)
``records.csv``                   record by record (protocols that hold out whole records)
``metrics.json``                  all figures of every run
``classification_report.txt``     scikit-learn's report on each network's best seed by validation
``figures/``                      learning curves and reliability of all seeds; confusion matrices and precision-recall of
                                  the best seeds
================================  ==========================================================================================
"""

from pathlib import Path

import pandas as pd

from ecg.atomic_files import replace_folder, write_atomically, write_json
from ecg.evaluation import plots
from ecg.evaluation.metrics import report
from ecg.evaluation.overview import ablation_table, overview_table
from ecg.evaluation.per_record import SUBSETS, record_subsets_table, records_table
from ecg.evaluation.run_result import RunResult, best_by_validation, read_run_results
from ecg.evaluation.table_format import as_markdown
from ecg.evaluation.tables import calibration_table, class_table, comparison_table, cost_table, difference_table, resample
from ecg.networks.registry import TITLES


def write_results(results: Path) -> str:
    """Write the tables and figures of one protocol, and give the comparison in Markdown.

    `results` is the folder of the protocol, which holds ``run_results/``.

    Raises
    ------
    InputError
        If there is no run result, or if they cannot be compared.
    """
    run_results = read_run_results(results)
    latency = results / "latency.csv"
    resampled = resample(run_results)
    tables = {
        "comparison": comparison_table(run_results, resampled),
        "differences": difference_table(run_results, resampled),
        "calibration": calibration_table(run_results),
        "cost": cost_table(run_results, pd.read_csv(latency) if latency.exists() else None),
    }
    for name, table in tables.items():
        _write_table(results, name, table)
    write_json(results / "metrics.json", [run_result.metrics for run_result in run_results])
    networks = [run_result for run_result in run_results if run_result.model in TITLES]
    if networks and run_results[0].facts["protocol"] in SUBSETS:
        _write_table(results, "record_subsets", record_subsets_table(run_results))
        write_atomically(results / "records.csv", records_table(run_results).to_csv(index=False))
    if networks:
        _write_networks(results, networks)
    return as_markdown(tables["comparison"])


def write_overview(results: Path) -> str:
    """Write ``overview`` and ``ablation`` from the comparison of every protocol below `results`; give both in Markdown."""
    tables = {"overview": overview_table(results), "ablation": ablation_table(results)}
    for name, table in tables.items():
        _write_table(results, name, table)
    return "\n".join(as_markdown(table) for table in tables.values())


def _write_table(results: Path, name: str, table: pd.DataFrame) -> None:
    write_atomically(results / f"{name}.csv", table.to_csv(index=False))
    write_atomically(results / f"{name}.md", as_markdown(table))


def _write_networks(results: Path, networks: list[RunResult]) -> None:
    _write_table(results, "classes", class_table(networks))
    best = [best_by_validation(networks, model) for model in dict.fromkeys(run_result.model for run_result in networks)]
    reports = [
        f"{run_result.metrics['title']}, seed {run_result.metrics['seed']}\n"
        f"{report(run_result.labels, run_result.probabilities)}"
        for run_result in best
    ]
    write_atomically(results / "classification_report.txt", "\n".join(reports))
    with replace_folder(results / "figures") as figures:
        plots.draw_learning_curves(networks, figures / "learning_curves.png")
        plots.draw_confusion_matrices(best, figures / "confusion_matrices.png")
        plots.draw_precision_recall(best, figures / "precision_recall.png")
        plots.draw_reliability(networks, figures / "reliability.png")
