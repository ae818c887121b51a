"""Read the CSV files of Kaggle's "ECG Heartbeat Categorization Dataset", and find their rows among beats of known origin.

https://www.kaggle.com/datasets/shayanfazeli/heartbeat; the rows are those of Kachuee et al. (2018),
https://arxiv.org/abs/1805.00794.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from ecg.classes import LABELS
from ecg.errors import InputError
from ecg.signal.kaggle_beat import BEAT_LENGTH

TRAIN_FILE = "mitbih_train.csv"
TEST_FILE = "mitbih_test.csv"
EXPECTED_ROWS = {TRAIN_FILE: 87_554, TEST_FILE: 21_892}


def read_csv(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read ``mitbih_train.csv`` or ``mitbih_test.csv``: 188 columns, no header row, the class index last.

    Returns
    -------
    beats : ndarray of float32, shape (n, 187)
        The beats.
    labels : ndarray of int64, shape (n,)
        Their class indices.

    Raises
    ------
    InputError
        If the file is missing, or has other rows, columns or values than Kaggle publishes.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist. {TRAIN_FILE} and {TEST_FILE} of the Kaggle set belong in one folder.")
    rows = _read_numbers(path)
    if rows.shape[1] != BEAT_LENGTH + 1:
        raise InputError(
            f"{path} has {rows.shape[1]} columns; {BEAT_LENGTH + 1} are expected: {BEAT_LENGTH} values and the class index."
        )
    expected = EXPECTED_ROWS[path.name]
    if len(rows) != expected:
        lost = " The first one seems to have been taken for a header and lost." if len(rows) == expected - 1 else ""
        raise InputError(f"{path} has {len(rows):,} rows; {expected:,} are expected, and no header row.{lost} Fetch it again.")
    beats, labels = rows[:, :-1], rows[:, -1]
    _refuse(np.isnan(rows).any(axis=1), path, "a value that is missing or not a number")
    _refuse(~np.isin(labels, range(len(LABELS))), path, f"a class index that is none of 0 to {len(LABELS) - 1}")
    _refuse(np.any((beats < 0) | (beats > 1), axis=1), path, "a value outside 0 to 1")
    return beats, labels.astype(np.int64)


def match_beats(beats: np.ndarray, labels: np.ndarray, source_beats: np.ndarray, source_labels: np.ndarray) -> np.ndarray:
    """Find each beat, bit for bit and with the same label, among beats of known origin.

    Parameters
    ----------
    beats, labels : ndarray, shapes (n, 187) and (n,)
        The beats to find, and their class indices.
    source_beats, source_labels : ndarray, shapes (m, 187) and (m,)
        The beats of known origin.

    Returns
    -------
    ndarray of int64, shape (n,)
        Position in the source, -1 if there is none. The first of several equal beats gets the first position, and so on.
    """
    source = _keys(source_beats, source_labels).reset_index(names="position")
    return _keys(beats, labels).merge(source, how="left")["position"].fillna(-1).to_numpy(np.int64)


def _keys(beats: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    contents = [row.tobytes() for row in np.ascontiguousarray(beats, dtype=np.float32)]
    keys = pd.DataFrame({"beat": pd.Series(contents, dtype=object), "label": labels})
    keys["occurrence"] = keys.groupby(["beat", "label"]).cumcount()
    return keys


def _read_numbers(path: Path) -> np.ndarray:
    import pyarrow as pa
    from pyarrow import csv

    names = [str(column) for column in range(BEAT_LENGTH + 1)]
    try:
        table = csv.read_csv(
            path,
            read_options=csv.ReadOptions(autogenerate_column_names=True),
            convert_options=csv.ConvertOptions(column_types={f"f{name}": pa.float32() for name in names}),
        )
        columns = [column.to_numpy() for column in table.columns]
        return np.column_stack(columns).astype(np.float32)
    except (pa.ArrowInvalid, ValueError) as error:
        reason = repr(str(error).splitlines()[0][:200])[1:-1]  # it quotes the file
        raise InputError(f"{path} is not a table of numbers without a header row: {reason}") from error


def _refuse(wrong: np.ndarray, path: Path, what: str) -> None:
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(f"{path} has {what} in {wrong.sum():,} rows, the first of them row {row + 1}. Fetch it again.")
