"""Inject faults and hold load for as long as it takes.

    python -m tests.soak                  # or: make soak
    python -m tests.soak --only load      # one of them

Writes results/soak.md and results/soak.json. `make test` does the same a few times.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import pandas as pd

from ecg.atomic_files import write_atomically
from ecg.errors import InputError, explain_input_errors
from ecg.evaluation.table_format import COUNT, TEXT, Formats, as_markdown
from tests.soak.finding import Finding

RESULTS = Path(__file__).parents[2] / "results"
MODULES = ("training_kills", "disk_full", "model_corruption", "hub_kills", "hub_faults", "load")
"""Modules of this package; each has ``findings(folder)``."""
FORMATS: Formats = {
    **dict.fromkeys(("what was done", "what is promised", "measured"), TEXT),
    **dict.fromkeys(("tried", "held"), COUNT),
}


def table(findings: list[Finding]) -> str:
    """Write the findings as a table in Markdown, one row each."""
    rows = [
        {
            "what was done": one.what,
            "what is promised": one.promise,
            "tried": one.tried,
            "held": one.held,
            "measured": one.measured,
        }
        for one in findings
    ]
    return as_markdown(pd.DataFrame(rows), FORMATS)


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Try everything, and write what became of it.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.

    Raises
    ------
    InputError
        If something did not end as promised.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=MODULES, metavar="NAME", help=f"of {', '.join(MODULES)}")
    options = parser.parse_args(arguments)
    stored = RESULTS / "soak.json"
    known = json.loads(stored.read_text()) if stored.is_file() else {}
    for name in options.only or MODULES:
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            known[name] = [asdict(one) for one in import_module(f"tests.soak.{name}").findings(Path(folder))]
        write_atomically(stored, json.dumps(known, indent=2) + "\n")
        print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    findings = [Finding(**one) for name in MODULES for one in known.get(name, [])]
    write_atomically(RESULTS / "soak.md", table(findings))
    print(table(findings))
    fallen = [one.what for one in findings if one.held < one.tried]
    if fallen:
        raise InputError("Not as promised: " + "; ".join(fallen))


if __name__ == "__main__":
    sys.exit(main())
