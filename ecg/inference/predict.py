"""Classify annotated beats with the trained models: the test beats of a protocol, or all beats of a database."""

from pathlib import Path

import numpy as np
import pandas as pd

from ecg.classes import LABELS
from ecg.data.beat_sources import read_mitdb_beats
from ecg.errors import InputError
from ecg.inference.classifier import Model
from ecg.io.wfdb_database import read_database
from ecg.networks.inputs import INPUTS, Inputs
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
    """Classify all beats of a folder of annotated WFDB recordings, with models of context beats.

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
