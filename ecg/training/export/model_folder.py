"""The folder of a trained model, as it is shipped and published.

=========================  ===========================================================================================
``config.json``            the Keras model; with ``model.weights.h5`` it is what `keras.saving.load_model` reads
``metadata.json``          version of Keras
``model.weights.h5``       the weights
``model.onnx``             the same model for ONNX Runtime
``labels.json``            the classes, in the order of the probabilities
``metrics.json``           the metrics on the test beats, to full precision
``provenance.json``        code, versions, data, seed, machine
``reference.csv``          record, sample and probabilities of 500 test beats, to verify the model with the records
``templates.csv``          probabilities of the sample beats of `ecg.data.templates` (joined to a recording, for a model
                           that reads beats in context), to verify the model without the records
``history.csv``            metrics of each epoch
``confusion_matrix.png``   test beats by true and predicted class
``SHA256SUMS``             checksums of all of these
=========================  ===========================================================================================
"""

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ecg.atomic_files import read_json, replace_folder, write_json
from ecg.checksums import write_checksums
from ecg.classes import AAMI_CLASSES, LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.synthetic_beats import template_beats
from ecg.evaluation.plots import draw_confusion_matrix
from ecg.evaluation.run_result import RunResult
from ecg.networks.inputs import INPUTS, for_keras

if TYPE_CHECKING:
    import keras

REFERENCE_BEATS = 500


def write_model_folder(
    folder: Path,
    model: "keras.Model",
    run_result: RunResult,
    test: BeatTable,
    probabilities: np.ndarray,
) -> None:
    """Write the folder of a model. It replaces an older one only when it is complete.

    Parameters
    ----------
    folder : Path
        The folder.
    model : keras.Model
        The trained model, not compiled.
    run_result : RunResult
        Its run result.
    test : BeatTable
        The test beats.
    probabilities : ndarray of float32, shape (n, 5)
        Their probabilities by this model.
    """
    from ecg.training.export.onnx_export import export_onnx  # it imports TensorFlow

    names = {label: AAMI_CLASSES[label].name for label in LABELS}
    with replace_folder(folder) as unfinished:
        _save_keras(model, unfinished)
        export_onnx(model, unfinished / "model.onnx")
        write_json(unfinished / "labels.json", {"labels": LABELS, "names": names})
        write_json(unfinished / "metrics.json", run_result.metrics)
        write_json(unfinished / "provenance.json", run_result.facts["provenance"])
        _reference(test, probabilities).to_csv(unfinished / "reference.csv", index=False)
        _template_answers(model, run_result.facts["inputs"]).to_csv(unfinished / "templates.csv", index=False)
        if run_result.history is not None:
            run_result.history.to_csv(unfinished / "history.csv", index=False)
        draw_confusion_matrix(run_result.metrics, unfinished / "confusion_matrix.png")
        write_checksums(unfinished)


def _save_keras(model: "keras.Model", folder: Path) -> None:
    import keras

    # through a ZIP file, which is put together in memory; HDF5 crashes when the disk is full
    zipped = folder / "model.keras"
    keras.saving.save_model(model, zipped)
    with zipfile.ZipFile(zipped) as saved:
        saved.extractall(folder)
    zipped.unlink()
    # equal weights give equal bytes: without the date, and with numbers instead of memory addresses
    metadata = read_json(folder / "metadata.json")
    del metadata["date_saved"]
    write_json(folder / "metadata.json", metadata)
    config = folder / "config.json"
    config.write_text(_number_shared_objects(config.read_text()))


def _number_shared_objects(config: str) -> str:
    numbers: dict[str, str] = {}
    return re.sub(r'(?<="shared_object_id": )\d+', lambda address: numbers.setdefault(address[0], str(len(numbers))), config)


def _reference(test: BeatTable, probabilities: np.ndarray) -> pd.DataFrame:
    rows = np.linspace(0, len(test.labels) - 1, min(REFERENCE_BEATS, len(test.labels))).astype(int)
    reference = pd.DataFrame({"record": test.records[rows], "sample": test.samples[rows]})
    reference[list(LABELS)] = probabilities[rows]
    return reference


def _template_answers(model: "keras.Model", inputs: str) -> pd.DataFrame:
    templates = template_beats()
    answers = pd.DataFrame({"symbol": templates.symbols, "record": templates.records})
    answers[list(LABELS)] = model.predict(for_keras(INPUTS[inputs](templates)), verbose=0)
    return answers
