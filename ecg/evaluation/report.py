"""Work out all tables and figures of a protocol from the run_results of its training runs.

    python -m ecg.evaluation.report                              # results/intra_patient, from its run_results/
    python -m ecg.evaluation.report --protocol inter_patient
    python -m ecg.evaluation.report --protocol inter_patient --inputs kaggle_beat     # of an ablation

Neither the records nor TensorFlow are needed. Writes, beside ``run_results/``:

=============================  ========================================================================================
``comparison.csv``, ``.md``    accuracy, macro-F1 and F1 of each class: mean, standard deviation over the seeds, interval
``classes.csv``, ``.md``       sensitivity and positive predictivity of each class, with intervals
``differences.csv``, ``.md``   which differences between the networks are more than chance
``calibration.csv``, ``.md``   how far the probabilities can be believed, before and after calibration
``cost.csv``, ``.md``          parameters, arithmetic, training time; file size and latency where ``latency.csv`` is there
``strangers.csv``, ``.md``     inter-patient: sensitivity and positive predictivity, without the records that decide most
``records.csv``                inter-patient: the same, record by record
``metrics.json``               all figures of every run
``classification_report.txt``  scikit-learn's report on each network's best seed by validation
``figures/``                   learning curves and reliability, of all seeds; confusion matrices and precision-recall, of the
                               best seeds
=============================  ========================================================================================
"""

import argparse
from pathlib import Path

import pandas as pd

from ecg.atomic_files import replace_folder, write_atomically, write_json
from ecg.data.splits import PROTOCOLS
from ecg.errors import explain_input_errors
from ecg.evaluation import plots
from ecg.evaluation.metrics import report
from ecg.evaluation.per_record import SUBSETS, record_subsets_table, records_table
from ecg.evaluation.result_paths import result_path
from ecg.evaluation.run_result import RunResult, best_by_validation, read_run_results
from ecg.evaluation.table_format import as_markdown
from ecg.evaluation.tables import calibration_table, class_table, comparison_table, cost_table, difference_table, resample
from ecg.networks.inputs import INPUTS, INPUTS_OF_PROTOCOL
from ecg.networks.registry import TITLES


def write_results(results: Path) -> str:
    """Write the tables and figures of one protocol.

    Parameters
    ----------
    results : Path
        Folder of the results of the protocol, which holds ``run_results/``.

    Returns
    -------
    str
        The comparison in Markdown.

    Raises
    ------
    InputError
        If there is no run_result, or if they cannot be compared.
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
        _write_table(results, "strangers", record_subsets_table(run_results))
        write_atomically(results / "records.csv", records_table(run_results).to_csv(index=False))
    if networks:
        _write_networks(results, networks)
    return as_markdown(tables["comparison"])


def _write_table(results: Path, name: str, table: pd.DataFrame) -> None:
    write_atomically(results / f"{name}.csv", table.to_csv(index=False))
    write_atomically(results / f"{name}.md", as_markdown(table))


def _write_networks(results: Path, networks: list[RunResult]) -> None:
    _write_table(results, "classes", class_table(networks))
    best = [best_by_validation(networks, model) for model in dict.fromkeys(run_result.model for run_result in networks)]
    reports = [
        f"{run_result.metrics['title']}, seed {run_result.metrics['seed']}\n{report(run_result.labels, run_result.probabilities)}"
        for run_result in best
    ]
    write_atomically(results / "classification_report.txt", "\n".join(reports))
    with replace_folder(results / "figures") as figures:
        plots.draw_learning_curves(networks, figures / "learning_curves.png")
        plots.draw_confusion_matrices(best, figures / "confusion_matrices.png")
        plots.draw_precision_recall(best, figures / "precision_recall.png")
        plots.draw_reliability(networks, figures / "reliability.png")


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Write the results of the protocol that the command line names.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--protocol", choices=PROTOCOLS, default=PROTOCOLS[0], help="default: %(default)s")
    parser.add_argument("--inputs", choices=INPUTS, metavar="NAME", help="those of an ablation")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path(), help="folder of results/; default: this folder")
    options = parser.parse_args(arguments)
    results = options.out / "results" / result_path(options.protocol, options.inputs or INPUTS_OF_PROTOCOL[options.protocol])
    print(write_results(results))
    print(f"written to {results}")


if __name__ == "__main__":
    main()
