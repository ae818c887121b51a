"""Train, evaluate and export the five architectures.

    python train.py                                   # all five on the MIT-BIH records
    python train.py --arch cnn gru --seed 1           # some of them, another seed; the best seed is shipped
    python train.py --arch no_core random_forest      # the baselines, see ecg/networks/registry.py
    python train.py --protocol inter_patient          # tested on patients never seen in training
    python train.py --protocol all_patients           # trained on all 48 records: the models for your own recordings
    python train.py --kaggle DIR                      # on mitbih_train.csv and mitbih_test.csv
    python train.py --publish NS                      # and then publish models, dataset and demo to the Hugging Face Hub
    python train.py --schedule plateau                # the learning rate falls when the validation loss stalls
    python train.py --smoke                           # everything once, in a minute or two, on generated beats

Writes, below --out: runs/ (one folder a run: settings, provenance, history, best weights), models/ (one folder an
architecture, the seed that is best on validation, as it is published) and results/ (the comparison). A run that was killed
goes on from its last finished epoch.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

# TensorFlow reads them once, at import
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # off on some processors, where training then takes much longer

from ecg.data.beat_sources import read_kaggle_beats, read_mitdb_beats
from ecg.data.beat_table import BeatTable
from ecg.data.splits import PROTOCOLS
from ecg.data.synthetic_beats import generate_beats
from ecg.errors import InputError, explain_input_errors
from ecg.evaluation.metrics import report
from ecg.evaluation.report import write_results
from ecg.evaluation.run_result import RunResult, check_comparable
from ecg.networks.architectures import hyperparameters_of
from ecg.networks.baselines import BASELINES
from ecg.networks.hyperparameters import SCHEDULES
from ecg.networks.inputs import INPUTS, INPUTS_OF_PROTOCOL
from ecg.networks.registry import ALL_TITLES, TITLES
from ecg.training.config import NetworkRun, Run
from ecg.training.parallel import train_in_parallel
from ecg.training.pipeline import train_baseline
from hub.client import client
from hub.publish import check_access, send
from hub.staging import stage

SMOKE_EPOCHS = 2
SMOKE_BEATS_PER_TEMPLATE = 5  # few enough for one batch an epoch, so that TensorFlow builds one graph for training, not two
SMOKE_OUT = Path("runs/smoke")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--mitdb", metavar="DIR", help="folder of the MIT-BIH records")
    source.add_argument("--kaggle", metavar="DIR", help="folder of mitbih_train.csv and mitbih_test.csv")
    source.add_argument("--smoke", action="store_true", help="two epochs on generated beats; good for nothing but tests")
    parser.add_argument(
        "--arch",
        nargs="+",
        choices=ALL_TITLES,
        default=list(TITLES),
        metavar="NAME",
        help=f"of {', '.join(ALL_TITLES)}; default: the first five",
    )
    parser.add_argument("--protocol", choices=PROTOCOLS, default=PROTOCOLS[0], help="default: %(default)s")
    parser.add_argument(
        "--inputs",
        choices=INPUTS,
        metavar="NAME",
        help=f"of {', '.join(INPUTS)}; default: the first one for intra_patient, else the last one",
    )
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--epochs", type=int, help="at most so many; default: the architecture's own number")
    parser.add_argument("--schedule", choices=SCHEDULES, help="of the learning rate; default: the architecture's own, cosine")
    parser.add_argument("--publish", metavar="NS", help="afterwards, publish everything to this namespace of the Hub")
    parser.add_argument("--out", metavar="DIR", type=Path, help=f"default: this folder; {SMOKE_OUT} with --smoke")
    options = parser.parse_args(arguments)
    if options.epochs is not None and options.epochs < 1:
        parser.error("--epochs must be at least 1")
    if options.schedule == "plateau" and options.protocol != "intra_patient":
        parser.error("--schedule plateau follows the validation loss: it goes only with --protocol intra_patient")
    if options.publish and (options.out or options.smoke):
        parser.error("--publish sends the models/ of this folder: it goes neither with --out nor with --smoke")
    options.inputs = options.inputs or INPUTS_OF_PROTOCOL[options.protocol]
    options.out = options.out or (SMOKE_OUT if options.smoke else Path())
    return options


def load_beats(options: argparse.Namespace) -> BeatTable:
    """Load or generate the beats that the command line asks for."""
    if options.smoke:
        return generate_beats(beats_per_template=SMOKE_BEATS_PER_TEMPLATE)
    return read_kaggle_beats(options.kaggle) if options.kaggle else read_mitdb_beats(options.mitdb)


def settings(options: argparse.Namespace, architecture: str, data_fingerprint: str) -> Run:
    """Return the settings of one run, of an architecture or a baseline."""
    run = (architecture, options.protocol, options.inputs, options.seed, data_fingerprint, options.smoke)
    if architecture in BASELINES:
        return Run(*run)
    hyperparameters = hyperparameters_of(architecture, options.protocol)
    epochs = options.epochs or (SMOKE_EPOCHS if options.smoke else hyperparameters.epochs)
    schedule = options.schedule or hyperparameters.schedule
    return NetworkRun(*run, replace(hyperparameters, epochs=epochs, schedule=schedule))


def train(runs: list[Run], parts: dict[str, BeatTable], out: Path) -> Iterator[RunResult]:
    """Train networks in parallel, then baselines, which use all cores, one after another; yield each run result."""
    yield from train_in_parallel([run for run in runs if isinstance(run, NetworkRun)], parts, out)
    for run in runs:
        if not isinstance(run, NetworkRun):
            print(run.architecture)
            yield train_baseline(run, parts, out)


def _check_clock() -> None:
    year = time.localtime().tm_year
    if not 1980 <= year <= 2107:
        raise InputError(
            f"The clock of this machine says {year}. Checkpoints are ZIP files, which know the years 1980 to 2107: set "
            "the clock, and start the same command again."
        )


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Train and compare what the command line asks for."""
    options = parse(arguments)
    _check_clock()
    if options.publish:
        check_access(client(), options.publish)  # now, and not after an hour of training
    table = load_beats(options)
    parts = table.parts(options.protocol)
    fingerprint = table.fingerprint()
    runs = [settings(options, name, fingerprint) for name in options.arch]
    results = options.out / "results" / runs[0].result_path
    for run in runs:
        check_comparable(results, asdict(run))
    started = time.monotonic()
    for run_result in train(runs, parts, options.out):
        print(f"\n{run_result.facts['title']} on the test set\n{report(run_result.labels, run_result.probabilities)}")
    minutes = (time.monotonic() - started) / 60
    print(write_results(results))
    print(f"training took {minutes:.1f} minutes in all")
    print(f"models: {options.out / 'models' / runs[0].result_path}, results: {results}")
    if options.publish:
        with tempfile.TemporaryDirectory() as folder:
            send(client(), options.publish, stage(options.publish, Path(folder), records=options.mitdb), False, None)


if __name__ == "__main__":
    main()
