"""Tell which lines of the parsers the inputs have reached."""

import ast
from pathlib import Path

import pandas as pd
from coverage import Coverage

MODULES = [
    "ecg/io/readers.py",
    "ecg/io/recording.py",
    "ecg/io/wfdb_headers.py",
    "ecg/io/wfdb_annotations.py",
    "ecg/io/csv_signal.py",
    "ecg/io/safe_zip.py",
    "ecg/data/kaggle.py",
    "ecg/io/beat_parser.py",
]
"""The parsers."""


def line_coverage(folder: Path) -> pd.DataFrame:
    """Put together what the workers have reached.

    Parameters
    ----------
    folder : Path
        Where they left their files.

    Returns
    -------
    DataFrame
        One row a module: the lines of its functions (the others run before there is an input), the share that was run, and
        those that were not.
    """
    measured = Coverage(data_file=folder / "fuzz", messages=False)
    measured.combine([str(folder)])
    rows = []
    for module in MODULES:
        _, statements, _, missing, _ = measured.analysis2(module)
        lines = _in_functions(Path(module)) & set(statements)
        lost = sorted(lines & set(missing))
        share = f"{1 - len(lost) / len(lines):.1%}"
        rows.append({"module": module, "lines": len(lines), "reached": share, "not reached": ", ".join(map(str, lost))})
    return pd.DataFrame(rows)


def _in_functions(module: Path) -> set[int]:
    functions = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.FunctionDef)]
    return {line for each in functions for line in range(each.body[0].lineno, (each.end_lineno or each.lineno) + 1)}
