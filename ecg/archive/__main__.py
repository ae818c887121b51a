"""Classify every recording below a folder.

    python -m ecg.archive INPUT --out RESULTS                 # WFDB, EDF, CSV and NPY files, on the cores of this machine
    python -m ecg.archive INPUT --out RESULTS --ray ADDRESS   # on a Ray cluster, which sees both folders under these paths

RESULTS/beats has a parquet of beats for each recording; RESULTS/summary.parquet has a row for each; RESULTS/failed.csv says
which could not be read and why. After an interruption run it again: what is done is left as it is, what failed is tried again.
Files that do not say their sampling rate or unit are read with --fs and --unit; where these differ, run it folder by folder.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from ecg.archive.classifying import Archive
from ecg.archive.finding import Found, find_recordings
from ecg.archive.one_machine import classify_here
from ecg.archive.store import Store
from ecg.archive.tables import write_summary
from ecg.errors import explain_input_errors
from ecg.networks.registry import TITLES

MODELS = Path(__file__).parents[2] / "models" / "all_patients"


def classify_archive(archive: Archive, workers: int, ray_address: str | None = None) -> tuple[int, int]:
    """Classify what is not done yet of an archive, and write its summary.

    Parameters
    ----------
    archive : Archive
        Recordings, models and options.
    workers : int
        Number of processes on this machine.
    ray_address : str, optional
        The Ray cluster to do it on instead.

    Returns
    -------
    (int, int)
        Number of recordings, and how many of them failed.

    Raises
    ------
    InputError
        If there is no recording or no model, or the results are another run's.
    """
    found = find_recordings(archive.folder, archive.results)
    store = Store(archive.results)
    archive.load_models()  # better now than in every worker
    with store.locked(archive.choices()):
        todo = [each for each in found if not store.summary(each.name).is_file()]
        todo.sort(key=lambda each: -each.size)  # the longest first, so that none is waited for at the end
        if ray_address:
            from ecg.archive.ray_cluster import classify_on_ray

            classified = classify_on_ray(todo, archive, ray_address)
        else:
            classified = classify_here(todo, archive, workers)
        _show(classified, found, todo)
        return len(found), write_summary([each.name for each in found], store)


def _show(classified: Iterator[tuple[Found, bool]], found: Sequence[Found], todo: Sequence[Found]) -> None:
    """Draw a bar in bytes, by which the time left is known best, with the recordings and their rate behind it."""
    done, failed = len(found) - len(todo), 0
    total = sum(each.size for each in found)
    ahead = total - sum(each.size for each in todo)
    with tqdm(total=total, initial=ahead, unit="B", unit_scale=True, dynamic_ncols=True) as bar:
        for recording, is_done in classified:
            done, failed = done + 1, failed + (not is_done)
            an_hour = 3600 * (done - len(found) + len(todo)) / max(bar.format_dict["elapsed"], 1e-9)
            bar.set_postfix_str(f"{done:,} of {len(found):,} recordings, {an_hour:,.0f} an hour, {failed:,} failed")
            bar.update(recording.size)


@explain_input_errors
def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Its arguments; those of this process by default.
    """
    parser = argparse.ArgumentParser(
        prog="python -m ecg.archive", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("input", type=Path, metavar="INPUT", help="the folder")
    parser.add_argument("--out", type=Path, required=True, metavar="RESULTS", help="where the results go")
    parser.add_argument("--models", nargs="+", choices=TITLES, default=list(TITLES), help="the models that read; default: all")
    parser.add_argument("--fs", type=float, metavar="HZ", help="sampling rate of the files that do not say theirs")
    parser.add_argument("--unit", metavar="UNIT", help="unit of the files that do not say theirs: V, mV, uV, nV or raw")
    parser.add_argument("--lead", help="name or number of the lead; default: MLII or II, else the first one of an ECG")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), metavar="N", help="processes; default: one a core")
    parser.add_argument("--ray", metavar="ADDRESS", help="the Ray cluster to run on (HOST:PORT, or auto)")
    options = parser.parse_args(arguments)
    if options.workers < 1:
        parser.error("--workers: at least 1 is expected")
    archive = Archive(
        options.input.resolve(),
        options.out.resolve(),
        {name: MODELS / name for name in TITLES if name in options.models},
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


if __name__ == "__main__":
    main()
