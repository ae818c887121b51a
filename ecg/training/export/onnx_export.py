"""Write a Keras model for ONNX Runtime, layer by layer.

Keras's own export, ``model.export(path, format="onnx")``, goes through tf2onnx. Its files contain loops for GRU and SimpleRNN,
and changes of layout around convolutions. ONNX Runtime runs the files of this module faster, by these factors (measured on two
cores; ``python -m benchmarks.onnx_export`` measures them anew):

===========  ========  =====================
model        one beat  record of 2,280 beats
===========  ========  =====================
SimpleRNN         2.8                    2.0
CNN               1.4                    1.4
LSTM              1.1                    1.0
GRU               5.4                    1.4
Attention         1.3                    1.2
all five          2.6                    1.5
===========  ========  =====================

To add a kind of layer, write one function and add one entry in `ecg.training.export.onnx_layers`.
"""

import shutil
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from ecg.atomic_files import read_json, replace_folder, write_json
from ecg.checksums import CHECKSUMS, write_checksums
from ecg.errors import InputError
from ecg.networks.inputs import for_keras
from ecg.networks.model_files import verify_model_folder
from ecg.training.export.onnx_graph import Graph
from ecg.training.export.onnx_layers import TRANSLATIONS
from ecg.training.provenance import describe_environment

OPSET = 17
"""Version of ONNX's operators: the first with LayerNormalization (2022)."""
TOLERANCE = 1e-5
"""Greatest difference of a probability from Keras's."""


def export_onnx(model: keras.Model, path: Path) -> None:
    """Write a model for ONNX Runtime, and check that its probabilities equal Keras's.

    Parameters
    ----------
    model : keras.Model
        A model of layers that `ecg.training.export.onnx_layers` translates. Output: probabilities, (n, 5).
    path : Path
        The file.

    Raises
    ------
    InputError
        If the model has another kind of layer, or a setting that is not translated.
    """
    graph = Graph(model, TRANSLATIONS)
    probabilities = model.outputs[0]
    graph.nodes.append(helper.make_node("Identity", [graph.name(probabilities, "nc")], ["probabilities"]))
    inputs = [_described(tensor.name, tensor) for tensor in model.inputs]
    outputs = [_described("probabilities", probabilities)]
    proto = helper.make_model(
        helper.make_graph(graph.nodes, model.name, inputs, outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=helper.find_min_ir_version_for([helper.make_opsetid("", OPSET)]),
        producer_name="ecg.training.export.onnx_export",
    )
    onnx.checker.check_model(proto, full_check=True)
    onnx.save(proto, path)
    _check_against_keras(model, path)


def _check_against_keras(model: keras.Model, path: Path) -> None:
    generator = np.random.default_rng(0)
    noise = {tensor.name: generator.standard_normal((16, *tensor.shape[1:]), np.float32) for tensor in model.inputs}
    exported = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, noise)[0]
    difference = np.abs(exported - np.asarray(model(for_keras(noise), training=False))).max()
    if not difference <= TOLERANCE:
        raise InputError(
            f"{model.name} differs between ONNX Runtime and Keras: probabilities by up to {difference:.2g}, where at most "
            f"{TOLERANCE:.0e} is expected. Translate the setting of its layers that ecg/training/export/onnx_layers.py lacks."
        )


def export_again(folder: Path) -> None:
    """Write the ONNX file of a model folder anew, and with it ``exported_by`` in ``provenance.json`` and the checksums.

    Raises
    ------
    InputError
        If the folder is damaged, or its model cannot be exported.
    """
    verify_model_folder(folder)
    with replace_folder(folder) as unfinished:
        shutil.copytree(folder, unfinished, ignore=shutil.ignore_patterns(CHECKSUMS), dirs_exist_ok=True)
        export_onnx(keras.saving.load_model(unfinished, compile=False), unfinished / "model.onnx")
        provenance = read_json(unfinished / "provenance.json")
        write_json(unfinished / "provenance.json", {**provenance, "exported_by": describe_environment()})
        write_checksums(unfinished)


def _described(name: str, tensor: keras.KerasTensor) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *tensor.shape[1:]])
