"""What the parsers of all commands share."""

import argparse


def command_parser(name: str, description: str | None) -> argparse.ArgumentParser:
    """Make the parser of a command; its help shows the description, the docstring of the module, as it is."""
    return argparse.ArgumentParser(
        prog=f"ecg {name}", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def add_recording_options(parser: argparse.ArgumentParser, of_what: str) -> None:
    """Add the options that say of a recording what its file does not state."""
    parser.add_argument("--fs", type=float, metavar="HZ", help=f"sampling rate of {of_what} that does not state it")
    parser.add_argument("--unit", metavar="UNIT", help=f"unit of {of_what} that does not state it: V, mV, uV, nV or raw")
    parser.add_argument("--lead", help="name of the lead, or its number from 1; default: MLII or II, else the first ECG lead")
