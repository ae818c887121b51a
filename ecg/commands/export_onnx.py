"""Write the ONNX files of model folders anew, from the Keras models in them.

python -m ecg export-onnx models/*/*
"""

from pathlib import Path

from ecg.commands.arguments import command_parser
from ecg.errors import explain_input_errors
from ecg.training.export.onnx_export import export_again


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Export the models of the folders that the command line names."""
    parser = command_parser("export-onnx", __doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="folder of a model")
    for folder in parser.parse_args(arguments).folders:
        export_again(folder)
        print(folder)
