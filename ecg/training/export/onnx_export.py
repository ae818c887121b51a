"""Write a Keras model for ONNX Runtime.

Keras's own export goes by way of TensorFlow. Recurrent layers come out of it as loops, and around each convolution stand
changes of layout that keep ONNX Runtime from its fastest kernels. Here each layer becomes what ONNX has for it; a further kind
of layer is one function and one entry in `ecg.training.export.onnx_layers`.

    python -m ecg.training.export.onnx_export models/*/*      # write the ONNX files of these folders anew, from the Keras models in them
"""

import argparse
import shutil
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from ecg.atomic_files import read_json, replace_folder, write_json
from ecg.checksums import CHECKSUMS, write_checksums
from ecg.errors import InputError, explain_input_errors
from ecg.networks.inputs import for_keras
from ecg.networks.model_files import verify_model_folder
from ecg.training.export.onnx_graph import Graph
from ecg.training.export.onnx_layers import TRANSLATIONS
from ecg.training.provenance import describe_environment

OPSET = 17
"""Version of ONNX's operators: the first that knows LayerNormalization (2022)."""
TOLERANCE = 1e-5
"""By how much a probability may differ from Keras's."""


def export_onnx(model: keras.Model, path: Path) -> None:
    """Write a model for ONNX Runtime, and check that it says there what it says in Keras.

    Parameters
    ----------
    model : keras.Model
        A model of layers known to `ecg.training.export.onnx_layers`. Output: probabilities, (n, 5).
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
    noise = np.random.default_rng(0)
    some = {tensor.name: noise.standard_normal((16, *tensor.shape[1:]), np.float32) for tensor in model.inputs}
    said = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, some)[0]
    difference = np.abs(said - np.asarray(model(for_keras(some), training=False))).max()
    if not difference <= TOLERANCE:
        raise InputError(
            f"{model.name} says something else in ONNX Runtime than in Keras: probabilities differ by {difference:.2g}. One "
            "of its layers has a setting that ecg/training/export/onnx_layers.py does not translate."
        )


def export_again(folder: Path) -> None:
    """Write the ONNX file of a model folder anew; who exported it and the checksums follow, all else stays.

    Parameters
    ----------
    folder : Path
        A folder written by train.py.

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


@explain_input_errors
def main() -> None:
    """Export the models of the folders that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="folder of a model")
    for folder in parser.parse_args().folders:
        export_again(folder)
        print(folder)


if __name__ == "__main__":
    main()
