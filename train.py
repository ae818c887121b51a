"""Train, evaluate and export the five architectures.

    python train.py                                   # all five on the MIT-BIH records
    python train.py --arch cnn gru --seed 1           # some of them, other first weights
    python train.py --protocol inter_patient          # tested on patients never seen in training
    python train.py --kaggle DIR                      # on mitbih_train.csv and mitbih_test.csv
    python train.py --smoke                           # the whole road in two minutes, on generated beats

Writes, below --out: runs/ (one folder a run: settings, provenance, history, best weights), models/ (one folder a model, as it
is published) and results/ (the comparison). A run that was killed goes on from its last finished epoch.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow reads it once, at import

import keras
import numpy as np
import pandas as pd

from ecg import corpus, evaluation
from ecg.architectures import ARCHITECTURES
from ecg.calibration import calibrate, confidence_threshold
from ecg.comparison import write_comparison
from ecg.corpus import Corpus
from ecg.errors import explain_input_errors
from ecg.files import read_json, write_atomically
from ecg.model_folder import write_model_folder
from ecg.names import TITLES
from ecg.splits import PROTOCOLS, SPLITS
from ecg.synthetic import generate_corpus
from ecg.training import MONITOR, VALIDATION_BATCH, Run, fit

SMOKE_EPOCHS = 2
SMOKE_OUT = Path("runs/smoke")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.

    Returns
    -------
    argparse.Namespace
        The options.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--mitdb", metavar="DIR", help="folder of the MIT-BIH records")
    source.add_argument("--kaggle", metavar="DIR", help="folder of mitbih_train.csv and mitbih_test.csv")
    source.add_argument("--smoke", action="store_true", help="two epochs on generated beats; good for nothing but tests")
    parser.add_argument("--arch", nargs="+", choices=TITLES, default=list(TITLES), help="default: all five")
    parser.add_argument("--protocol", choices=PROTOCOLS, default=PROTOCOLS[0], help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--epochs", type=int, help="at most so many; default: the architecture's own number")
    parser.add_argument("--out", metavar="DIR", type=Path, help=f"default: this folder; {SMOKE_OUT} with --smoke")
    options = parser.parse_args(arguments)
    if options.epochs is not None and options.epochs < 1:
        parser.error("--epochs must be at least 1")
    options.out = options.out or (SMOKE_OUT if options.smoke else Path())
    return options


def load_corpus(options: argparse.Namespace) -> Corpus:
    """Load or generate the beats the command line asks for.

    Parameters
    ----------
    options : argparse.Namespace
        The command line.

    Returns
    -------
    Corpus
        The table of all beats.
    """
    if options.smoke:
        return generate_corpus()
    return corpus.from_kaggle(options.kaggle) if options.kaggle else corpus.from_records(options.mitdb)


def settings(options: argparse.Namespace, architecture: str, data_fingerprint: str) -> Run:
    """Settle what one run is made of.

    Parameters
    ----------
    options : argparse.Namespace
        The command line.
    architecture : str
        Which of the architectures.
    data_fingerprint : str
        Checksum of the table of beats.

    Returns
    -------
    Run
        The settings.
    """
    recipe = ARCHITECTURES[architecture].recipe
    epochs = options.epochs or (SMOKE_EPOCHS if options.smoke else recipe.epochs)
    return Run(architecture, options.protocol, options.seed, replace(recipe, epochs=epochs), data_fingerprint, options.smoke)


def train(run: Run, parts: dict[str, Corpus], out: Path, title: str) -> None:
    """Train one model, or finish training it, and write its folder.

    Parameters
    ----------
    run : Run
        What to train.
    parts : dict of str to Corpus
        The beats of the splits ``train``, ``val`` and ``test``.
    out : Path
        The folder that holds ``runs/``, ``models/`` and ``results/``.
    title : str
        What the progress display calls the run.
    """
    folder = out / "runs" / run.protocol / run.architecture / f"seed{run.seed}"
    model = fit(run, parts["train"], parts["val"], folder, title)
    uncalibrated = predict(model, parts["test"])
    calibrate(model, parts["val"].beats, parts["val"].labels)
    probabilities = predict(model, parts["test"])
    metrics = measure(run, model, parts, probabilities, uncalibrated, pd.read_csv(folder / "history.csv"))
    write_model_folder(
        out / "models" / run.protocol / run.architecture,
        model,
        metrics,
        read_json(folder / "provenance.json"),
        parts["test"],
        probabilities,
        folder / "history.csv",
    )
    results = out / "results" / run.protocol
    results.mkdir(parents=True, exist_ok=True)
    report = evaluation.report(parts["test"].labels, probabilities)
    write_atomically(results / f"classification_report_{run.architecture}.txt", report)
    print(f"\n{metrics['title']} on the test set\n{report}")


def measure(
    run: Run,
    model: keras.Model,
    parts: dict[str, Corpus],
    probabilities: np.ndarray,
    uncalibrated: np.ndarray,
    history: pd.DataFrame,
) -> dict[str, Any]:
    """Put together all figures of one model.

    Parameters
    ----------
    run : Run
        What was trained.
    model : keras.Model
        The calibrated model.
    parts : dict of str to Corpus
        The beats of the splits.
    probabilities, uncalibrated : ndarray, shape (n, 5)
        What the model says of the test beats, and what it said before it was calibrated.
    history : DataFrame
        Metrics of each epoch.

    Returns
    -------
    dict
        Content of ``metrics.json``: the figures on the test beats, those before calibration and on validation, the confidence
        from which on 99.7 % of the validation beats are right with what it brings on the test beats, and the cost.
    """
    test, validation = parts["test"], parts["val"]
    on_validation = predict(model, validation)
    threshold = confidence_threshold(validation.labels, on_validation)
    return {
        "architecture": run.architecture,
        "title": TITLES[run.architecture],
        "protocol": run.protocol,
        "split": "test",
        "smoke": run.smoke,
        **evaluation.score(test.labels, probabilities).as_dict(),
        "uncalibrated": evaluation.score(test.labels, uncalibrated).as_dict(),
        "validation": evaluation.score(validation.labels, on_validation).as_dict(),
        "confident": evaluation.confident_answers(test.labels, probabilities, threshold),
        "parameters": model.count_params(),
        "epochs": len(history),
        "best_epoch": int(history[MONITOR].to_numpy().argmax()) + 1,
        "training_seconds": float(history["seconds"].sum()),
    }


def predict(model: keras.Model, part: Corpus) -> np.ndarray:
    """Classify beats.

    Parameters
    ----------
    model : keras.Model
        The model.
    part : Corpus
        The beats.

    Returns
    -------
    ndarray of float32, shape (n, 5)
        Probabilities.
    """
    return model.predict(part.beats, batch_size=VALIDATION_BATCH, verbose=0)


def compare(parts: dict[str, Corpus], protocol: str, out: Path) -> str:
    """Compare the models of a protocol with one another and with the majority class.

    Parameters
    ----------
    parts : dict of str to Corpus
        The beats of the splits.
    protocol : str
        The protocol.
    out : Path
        The folder that holds ``models/`` and ``results/``.

    Returns
    -------
    str
        The comparison as a Markdown table.
    """
    files = [out / "models" / protocol / name / "metrics.json" for name in TITLES]
    models = [read_json(file) for file in files if file.exists()]
    labels = parts["test"].labels
    floor = evaluation.score(labels, evaluation.majority_class(parts["train"].labels, len(labels))).as_dict()
    models.append({"title": "majority class", **floor, "collapsed": False, "parameters": 0, "training_seconds": 0.0})
    return write_comparison(out / "results" / protocol, models)


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Train and compare what the command line asks for.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.
    """
    options = parse(arguments)
    table = load_corpus(options)
    parts = {split: table.part(options.protocol, split) for split in SPLITS}
    fingerprint = table.fingerprint()
    for number, architecture in enumerate(options.arch, start=1):
        run = settings(options, architecture, fingerprint)
        train(run, parts, options.out, f"{architecture} ({number} of {len(options.arch)})")
    print(compare(parts, options.protocol, options.out))
    print(f"models: {options.out / 'models' / options.protocol}, results: {options.out / 'results' / options.protocol}")


if __name__ == "__main__":
    main()
