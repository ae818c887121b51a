"""The commands of this package.

python -m ecg COMMAND --help
"""

import sys
from importlib import import_module

COMMANDS = {
    "beats": "write the table of all beats as a parquet file",
}
"""What each module of `ecg.commands` does."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command that the first argument names."""
    name, *rest = sys.argv[1:] if arguments is None else arguments
    import_module(f"ecg.commands.{name}").main(rest)


if __name__ == "__main__":
    main()
