"""Let the trained models classify annotated recordings, and write down what each of them says of each beat.

    python -m ecg.evaluation --protocol inter_patient --mitdb DIR --out predictions.csv     # the test beats of a protocol
    python -m ecg.evaluation --database DIR --out predictions.csv                           # any database in WFDB format

Columns: ``record``, ``sample``, ``symbol``, ``label`` (the annotated class), and one column a model with the class it
predicts; of a database also the ``lead`` that was read. A database other than MIT-BIH shows whether the models travel; it is
read by those of the inter-patient protocol or, with ``--protocol all_patients``, by those trained on everyone.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from ecg.atomic_files import write_atomically
from ecg.classes import LABELS
from ecg.data.beat_sources import read_mitdb_beats
from ecg.data.splits import DIVIDING_PROTOCOLS, PROTOCOLS
from ecg.errors import InputError, explain_input_errors
from ecg.evaluation.metrics import report
from ecg.inference.classifier import Model, load_models
from ecg.io.wfdb_database import read_database
from ecg.networks.inputs import INPUTS, Inputs
from ecg.networks.registry import TITLES
from ecg.signal.context_beat import cut_context_beats


def predict_test_beats(models: dict[str, Model], protocol: str, records: str | None) -> pd.DataFrame:
    """Classify the test beats of a protocol.

    Parameters
    ----------
    models : dict of str to Model
        The models.
    protocol : str
        ``"intra_patient"`` or ``"inter_patient"``.
    records : str or None
        Folder of the MIT-BIH records; see `ecg.data.mitdb.locate`.

    Returns
    -------
    DataFrame
        Columns ``record``, ``sample``, ``symbol``, ``label`` and the names of the models.
    """
    test = read_mitdb_beats(records).part(protocol, "test")
    table = pd.DataFrame({"record": test.records, "sample": test.samples, "symbol": test.symbols})
    table["label"] = np.array(LABELS)[test.labels]
    for name, model in models.items():
        table[name] = _classes(model, INPUTS[model.inputs](test))
    return table


def predict_database(models: dict[str, Model], folder: Path) -> pd.DataFrame:
    """Classify all beats of a database.

    Parameters
    ----------
    models : dict of str to Model
        Models that read beats in context.
    folder : Path
        Annotated recordings in WFDB format.

    Returns
    -------
    DataFrame
        Columns ``record``, ``lead``, ``sample``, ``symbol``, ``label`` and the names of the models.

    Raises
    ------
    InputError
        If a recording cannot be read, has fewer than two annotated beats, or has a sampling rate that is not accepted.
    """
    tables = []
    for recording in read_database(folder):
        beats = recording.annotation
        assert beats is not None  # noqa: S101  (recordings of a database are annotated)
        try:
            cut = cut_context_beats(recording.signal, recording.fs, beats.samples)
        except InputError as error:
            raise InputError(f"Recording {recording.name}: {error}") from error
        table = pd.DataFrame({"record": recording.name, "lead": recording.lead, "sample": beats.samples})
        table["symbol"], table["label"] = beats.symbols, beats.labels
        for name, model in models.items():
            table[name] = _classes(model, {"beat": cut.beats, "rhythm": cut.rhythm})
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _classes(model: Model, inputs: Inputs) -> np.ndarray:
    return np.array(LABELS)[model.classify(**inputs).argmax(axis=1)]


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Classify what the command line names, write the answers and print a report on each model.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--mitdb", metavar="DIR", help="folder of the MIT-BIH records")
    source.add_argument("--database", metavar="DIR", type=Path, help="folder of annotated recordings in WFDB format")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="inter_patient", help="default: %(default)s")
    parser.add_argument("--models", metavar="DIR", type=Path, default=Path("models"), help="default: %(default)s")
    parser.add_argument("--out", metavar="FILE", type=Path, default=Path("predictions.csv"), help="default: %(default)s")
    options = parser.parse_args(arguments)
    if options.database and options.protocol == "intra_patient":
        parser.error("--database does not go with --protocol intra_patient: its models read no beats in context")
    if not options.database and options.protocol not in DIVIDING_PROTOCOLS:
        parser.error(f"--protocol {options.protocol} leaves no test beats among the MIT-BIH records: --database DIR is wanted")
    models = load_models(options.models / options.protocol)
    if options.database:
        table = predict_database(models, options.database)
    else:
        table = predict_test_beats(models, options.protocol, options.mitdb)
    write_atomically(options.out, table.to_csv(index=False))
    truth = table["label"].map(LABELS.index).to_numpy()
    for name in models:
        predicted = np.eye(len(LABELS))[table[name].map(LABELS.index).to_numpy()]
        print(f"{TITLES[name]}\n{report(truth, predicted)}")
    print(f"{len(table):,} beats of {table['record'].nunique()} records, written to {options.out}")


if __name__ == "__main__":
    main()
