"""Write the tables and figures of ``results/`` anew from the run results, and the tables in README and docs/.

    python -m ecg results                                                       # all protocols, the overview, the documents
    python -m ecg results --protocol inter_patient                              # one protocol alone
    python -m ecg results --protocol inter_patient --inputs kaggle_beat         # one ablation alone

Neither the records nor TensorFlow are needed.
"""

from pathlib import Path

from ecg.commands.arguments import command_parser
from ecg.data.splits import PROTOCOLS
from ecg.errors import explain_input_errors
from ecg.evaluation.documents import write_documents
from ecg.evaluation.report import write_overview, write_results
from ecg.evaluation.result_paths import result_path
from ecg.networks.inputs import INPUTS, INPUTS_OF_PROTOCOL


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Write the results that the command line names."""
    parser = command_parser("results", __doc__)
    parser.add_argument("--protocol", choices=PROTOCOLS, help="default: all, and then the overview")
    parser.add_argument("--inputs", choices=INPUTS, metavar="NAME", help="inputs of an ablation; needs --protocol")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path(), help="folder of results/; default: this folder")
    options = parser.parse_args(arguments)
    if options.inputs and not options.protocol:
        parser.error("--inputs goes with --protocol: name the protocol of the ablation")
    for protocol in [options.protocol] if options.protocol else PROTOCOLS:
        folder = options.out / "results" / result_path(protocol, options.inputs or INPUTS_OF_PROTOCOL[protocol])
        print(f"{write_results(folder)}\nwritten to {folder}")
    if not options.protocol:
        print(write_overview(options.out / "results"))
        write_documents(options.out)
