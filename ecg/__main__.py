"""The command line: ``python -m ecg COMMAND``, or ``ecg COMMAND`` where the package is installed."""

import sys
from importlib import import_module

from ecg.errors import explain_input_errors

COMMANDS = {
    "classify": "classify the beats of one recording",
    "archive": "classify every recording below a folder, on one machine or on a Ray cluster",
    "beats": "write the table of all beats as a parquet file",
    "evaluate": "write what each model predicts for each test beat, or for each beat of a database",
    "results": "write the tables and figures of results/ anew",
    "explore": "write the exploratory analysis of the beats",
    "templates": "write the averaged sample beats that ship with the package",
    "export-onnx": "write the ONNX files of model folders anew",
}
"""The commands. Each is the function `main` of the module of `ecg.commands` that has its name."""
USAGE = "usage: ecg COMMAND ...\n\n" + "\n".join(f"  {name:<12} {summary}" for name, summary in COMMANDS.items())
HELP = f"{USAGE}\n\n`ecg COMMAND --help` lists the options of a command."


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Run the command that the first argument names."""
    name, *options = (sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if name in ("-h", "--help"):
        print(HELP)
    elif name in COMMANDS:
        import_module(f"ecg.commands.{name.replace('-', '_')}").main(options)
    else:
        print(f"error: There is no command {name[:40]!r}.\n\n{HELP}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
