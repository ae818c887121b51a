"""Write the exploratory analysis of the beats: tables, pictures and one HTML page.

    python -m ecg explore --mitdb DIR       # or: make eda

The averages, percentiles and counts of ``results/exploration`` may be published, and the demo shows them. The pictures and
``report.html`` in ``build/eda`` also show single beats: those belong to the database and are not for publishing.
"""

from pathlib import Path

from ecg.commands.arguments import command_parser
from ecg.data.beat_sources import read_mitdb_beats
from ecg.errors import explain_input_errors
from ecg.exploration.report import write_exploration


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Write the analysis."""
    parser = command_parser("explore", __doc__)
    parser.add_argument("--mitdb", metavar="DIR", help="folder of the MIT-BIH records")
    parser.add_argument("--tables", metavar="DIR", type=Path, default=Path("results/exploration"), help="default: %(default)s")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("build/eda"), help="default: %(default)s")
    options = parser.parse_args(arguments)
    write_exploration(read_mitdb_beats(options.mitdb), options.tables, options.out)
    print(f"tables in {options.tables}, pictures and report.html in {options.out}")
