"""Put the protocols side by side: what the models are worth on patients they know, and on patients they do not.

    python -m ecg.evaluation.overview          # from the comparison.csv of every protocol and ablation below results/

Writes ``overview.csv`` and ``.md``, the five architectures under both protocols, and ``ablation.csv`` and ``.md``, what each
part of the beat in context is worth. Macro-F1 is over N S V F throughout, for of Q the test beats of DS2 have seven.
"""

import argparse
from pathlib import Path

import pandas as pd

from ecg.atomic_files import write_atomically
from ecg.data.splits import DIVIDING_PROTOCOLS
from ecg.errors import InputError, explain_input_errors
from ecg.evaluation.result_paths import result_path
from ecg.evaluation.table_format import as_markdown
from ecg.networks.inputs import INPUTS
from ecg.networks.registry import TITLES

PROTOCOL_TITLES = {"intra_patient": "known", "inter_patient": "strangers"}
INPUT_TITLES = {
    "kaggle_beat": "Kaggle beat",
    "context_beat": "beat in context",
    "context_rhythm": "beat in context, rhythm",
    "context": "beat in context, rhythm, median beat",
}
OVERVIEW = {
    "known": ("intra_patient", "kaggle_beat"),
    "strangers": ("inter_patient", "kaggle_beat"),
    "in context": ("inter_patient", "context"),
}
"""Protocols and inputs of the overview, by what its columns call them."""

FIGURES = ("accuracy", "macro-F1", "F1 S", "F1 V")


def overview_table(results: Path) -> pd.DataFrame:
    """Put the figures of the five architectures under both protocols side by side.

    Parameters
    ----------
    results : Path
        The folder of the measured results.

    Returns
    -------
    DataFrame
        One row an architecture. Three times accuracy and macro-F1 of N S V F: of patients known and of strangers by the Kaggle
        beat, and of strangers by the beat in context, with F1 of S and V.

    Raises
    ------
    InputError
        If one of the three has not been measured.
    """
    columns = []
    for title, (protocol, inputs) in OVERVIEW.items():
        figures = _figures(results / result_path(protocol, inputs))
        if figures is None:
            raise InputError(f"{results / result_path(protocol, inputs)} holds no comparison. `python train.py` makes it.")
        of_interest = figures.columns if inputs == "context" else ["accuracy", "macro-F1"]
        columns.append(figures[of_interest].add_prefix(f"{title}: "))
    table = pd.concat(columns, axis=1).reindex(list(TITLES.values()))
    return table.rename_axis("model").reset_index()


def ablation_table(results: Path) -> pd.DataFrame:
    """Tell what each part of the beat in context is worth.

    Parameters
    ----------
    results : Path
        The folder of the measured results.

    Returns
    -------
    DataFrame
        One row an architecture and input: accuracy, macro-F1 of N S V F and F1 of S and V, of
        patients known and of strangers. What was not measured is empty.
    """
    rows = []
    for inputs in INPUTS:
        measured = [(protocol, _figures(results / result_path(protocol, inputs))) for protocol in DIVIDING_PROTOCOLS]
        known = [figures.add_prefix(f"{PROTOCOL_TITLES[protocol]}: ") for protocol, figures in measured if figures is not None]
        if known:
            of_inputs = pd.concat(known, axis=1).reindex(list(TITLES.values())).dropna(how="all")
            rows.append(of_inputs.rename_axis("model").reset_index().assign(given=INPUT_TITLES[inputs]))
    table = pd.concat(rows, ignore_index=True)
    order = {title: number for number, title in enumerate(TITLES.values())}
    table = table.sort_values("model", key=lambda column: column.map(order), kind="stable")
    names = [f"{protocol}: {figure}" for protocol in PROTOCOL_TITLES.values() for figure in FIGURES]
    return table.reindex(columns=["model", "given", *names])


def _figures(folder: Path) -> pd.DataFrame | None:
    file = folder / "comparison.csv"
    if not file.exists():
        return None
    table = pd.read_csv(file).set_index("model")
    return table.assign(**{"macro-F1": table[["F1 N", "F1 S", "F1 V", "F1 F"]].mean(axis=1)})[list(FIGURES)]


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Write both tables.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path(), help="folder of results/; default: this folder")
    results = parser.parse_args(arguments).out / "results"
    for name, table in (("overview", overview_table(results)), ("ablation", ablation_table(results))):
        write_atomically(results / f"{name}.csv", table.to_csv(index=False))
        write_atomically(results / f"{name}.md", as_markdown(table))
        print(as_markdown(table))


if __name__ == "__main__":
    main()
