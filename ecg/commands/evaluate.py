"""Write what each trained model predicts for each annotated beat, and print a report on each.

    python -m ecg evaluate --protocol inter_patient --mitdb DIR --out predictions.csv     # the test beats of a protocol
    python -m ecg evaluate --database DIR --out predictions.csv                           # any database in WFDB format

Columns: ``record``, ``sample``, ``symbol``, ``label`` (the annotated class), and for each model the class it predicts; for a
database also the ``lead`` that was read. The figures on another database are external: the models have no patient of it. It is
read by the models of the inter-patient protocol or, with ``--protocol all_patients``, by those trained on all patients.
"""

from pathlib import Path

import numpy as np

from ecg.atomic_files import write_atomically
from ecg.classes import LABELS
from ecg.commands.arguments import command_parser
from ecg.data.splits import DIVIDING_PROTOCOLS, PROTOCOLS
from ecg.errors import explain_input_errors
from ecg.evaluation.metrics import report
from ecg.inference.classifier import load_models
from ecg.inference.predict import predict_database, predict_test_beats
from ecg.networks.registry import TITLES


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Evaluate the models that the command line names."""
    parser = command_parser("evaluate", __doc__)
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
