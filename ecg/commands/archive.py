"""Classify every recording below a folder.

    python -m ecg archive INPUT --out RESULTS                 # WFDB, EDF, CSV and NPY files, on the cores of this machine
    python -m ecg archive INPUT --out RESULTS --ray ADDRESS   # on a Ray cluster that sees both folders under these paths

RESULTS/beats has a parquet file of beats for each recording, RESULTS/summary.parquet has a row for each, and
RESULTS/failed.csv says which could not be read and why. After an interruption run the same command again: what is done stays,
what failed is tried again. --fs and --unit are for files that do not state them; where these differ, run it folder by folder.
"""

import os
import sys
from pathlib import Path

from ecg.archive.classify import classify_archive
from ecg.archive.worker import Archive
from ecg.commands.arguments import add_recording_options, command_parser
from ecg.errors import explain_input_errors
from ecg.inference.shipped_models import shipped_models
from ecg.networks.registry import TITLES


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Classify the archive that the command line names."""
    parser = command_parser("archive", __doc__)
    parser.add_argument("input", type=Path, metavar="INPUT", help="the folder")
    parser.add_argument("--out", type=Path, required=True, metavar="RESULTS", help="where the results go")
    parser.add_argument("--models", nargs="+", choices=TITLES, default=list(TITLES), help="the models that read; default: all")
    add_recording_options(parser, "a file")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), metavar="N", help="processes; default: one a core")
    parser.add_argument("--ray", metavar="ADDRESS", help="the Ray cluster to run on (HOST:PORT, or auto)")
    options = parser.parse_args(arguments)
    if options.workers < 1:
        parser.error("--workers: at least 1 is expected")
    archive = Archive(
        options.input.resolve(),
        options.out.resolve(),
        {name: shipped_models() / name for name in TITLES if name in options.models},
        options.fs,
        options.unit,
        options.lead,
    )
    try:
        recordings, failed = classify_archive(archive, options.workers, options.ray)
    except KeyboardInterrupt:
        sys.exit("Interrupted. Run the same command again to go on from here.")
    print(f"{recordings - failed:,} of {recordings:,} recordings are classified: {options.out / 'summary.parquet'}")
    if failed:
        print(f"{failed:,} failed: {options.out / 'failed.csv'} says why.")
