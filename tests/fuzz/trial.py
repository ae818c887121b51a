"""Let one input be read, and judge how that ended."""

import json
import re
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ecg.classes import LABELS
from ecg.data import kaggle
from ecg.errors import InputError
from ecg.io.beat_parser import ParsedBeats, check_beat, check_beats, parse_text
from ecg.io.beat_parser import read_csv as read_beats
from ecg.io.readers import read_recording
from ecg.io.recording import LARGEST_VALUE, SHORTEST_RECORDING_S, Recording
from ecg.signal.context_beat import FS_RANGE
from ecg.signal.kaggle_beat import BEAT_LENGTH
from tests.fuzz.seeds import KAGGLE_ROWS, Case

MOST_SECONDS = 2.0
"""Of processor time, which a busy machine does not lengthen."""
MOST_MEGABYTES = 500
SHORT, LONG = 20, 600
"""Characters of a message."""
UNCLEAR = re.compile(
    r"""Traceback|<class|<[\w.]+\ (?:object|\w+=)|dtype\(|array\(\[     # what Python prints of itself
    |(?:^|[\s'"(])/\w[\w.-]*/|site-packages                         # a path on the machine
    |NoneType|allocate|recursion|has\ no\ attribute|unsupported\ operand|out\ of\ range|out\ of\ bounds|reshape|broadcast
    |not\ subscriptable|referenced\ before|codec\ can't|invalid\ literal|could\ not\ convert|must\ be\ str
    |[\x00-\x09\x0b-\x1f\x7f]                                     # what cannot be printed
    """,
    re.VERBOSE,
)
"""What tells a person nothing, or too much."""
DISPATCH = {"read_recording", "open_recording", "_put_together", "_first_word", "_head", "open_csv"}
"""Functions of `ecg.recordings` that choose who reads the files, and look at nothing in them."""


@dataclass(frozen=True)
class Outcome:
    """How the reading of one input ended.

    Attributes
    ----------
    verdict : str
        ``"answered"``, ``"explained"``, or what is wrong: ``"wrong answer"``, ``"unclear message"``, ``"traceback"``,
        ``"slow"``, ``"large"``, ``"hang"`` or ``"dead worker"``.
    detail : str
        The message, or what is known of the failure.
    parsed : bool
        Whether the input came as far as the parser.
    seconds, megabytes : float
        What it took.
    """

    verdict: str
    detail: str
    parsed: bool
    seconds: float = 0.0
    megabytes: float = 0.0

    @property
    def good(self) -> bool:
        """Whether it ended as it should."""
        return self.verdict in ("answered", "explained")


def attempt(case: Case) -> Outcome:
    """Read an input and judge the end of it.

    Parameters
    ----------
    case : Case
        The input.

    Returns
    -------
    Outcome
        How it ended.
    """
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak of the memory starts anew
    start = time.process_time()
    verdict, detail, parsed = _ended(case)
    seconds, megabytes = time.process_time() - start, _memory("VmHWM") - before
    if seconds > MOST_SECONDS:
        verdict, detail = "slow", f"{seconds:.1f} s: {detail}"
    elif megabytes > MOST_MEGABYTES:
        verdict, detail = "large", f"{megabytes:.0f} MB: {detail}"
    return Outcome(verdict, detail, parsed, seconds, megabytes)


def _ended(case: Case) -> tuple[str, str, bool]:
    read = PARSERS[case.parser]
    try:
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wrong = read(case, Path(folder))
    except InputError as error:
        message = str(error)
        if case.parser == "kaggle":  # whose folder the person has named
            message = re.sub(r"^\S*/", "", message)
        clear = SHORT <= len(message) <= LONG and not UNCLEAR.search(message)
        return "explained" if clear else "unclear message", message, _came_far(case, error)
    except json.JSONDecodeError:
        return "explained", "no JSON, which the server says itself", False
    except Exception:
        return "traceback", traceback.format_exc()[-1500:], True
    return ("wrong answer", wrong, True) if wrong else ("answered", "", True)


def _came_far(case: Case, error: InputError) -> bool:
    if case.parser not in RECORDINGS:
        return True
    names = {frame.name for frame in traceback.extract_tb(error.__traceback__) if "recordings" in frame.filename}
    return bool(names - DISPATCH)


def _memory(field: str) -> float:
    found = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _write(case: Case, folder: Path) -> list[Path]:
    paths = []
    for name, content in case.files.items():
        path = folder / name
        path.write_bytes(content)
        paths.append(path)
    return paths


def _read_recording(case: Case, folder: Path) -> str:
    recording = read_recording(_write(case, folder), case.fs, case.unit, case.lead)
    return "; ".join(what for what, wrong in _faults(recording).items() if wrong)


def _faults(recording: Recording) -> dict[str, bool]:
    signal, annotation = recording.signal, recording.annotation
    positions = annotation.samples if annotation else np.zeros(0)
    return {
        "not float32": signal.dtype != np.float32,
        "not one lead": signal.ndim != 1 or signal.shape != recording.missing.shape,
        "not finite": not np.isfinite(signal).all(),
        "too large": bool(np.abs(signal).max() > 1.001 * LARGEST_VALUE),
        "flat": np.ptp(signal) == 0,
        "too short": len(signal) < SHORTEST_RECORDING_S * recording.fs,
        "impossible sampling rate": not FS_RANGE[0] <= recording.fs <= FS_RANGE[1],
        "annotation outside": bool(((positions < 0) | (positions >= len(signal))).any()),
        "annotation not in order": bool((np.diff(positions) <= 0).any()),
    }


def _read_kaggle(case: Case, folder: Path) -> str:
    kaggle.EXPECTED_ROWS[kaggle.TRAIN_FILE] = KAGGLE_ROWS
    beats, labels = kaggle.read_csv(_write(case, folder)[0])
    return "" if _are_beats(beats) and np.isin(labels, range(len(LABELS))).all() else "no beats"


def _read_beats(case: Case, folder: Path) -> str:
    return _wrong_table(read_beats(_write(case, folder)[0]))


def _read_json_beats(case: Case, folder: Path) -> str:
    return _wrong_table(check_beats(json.loads(_text(case))))


def _read_json_beat(case: Case, folder: Path) -> str:
    return _wrong_beat(json.loads(_text(case)))


def _read_pasted(case: Case, folder: Path) -> str:
    return _wrong_beat(parse_text(_text(case)))


def _text(case: Case) -> str:
    (content,) = case.files.values()
    return content.decode("utf-8", "replace")


def _wrong_beat(values: Any) -> str:
    beat, truth = check_beat(values)
    return "" if _are_beats(beat[None]) and truth in (None, *LABELS) else "no beat"


def _wrong_table(table: ParsedBeats) -> str:
    truths = set(table.truths) <= {None, *LABELS}
    messages = all(SHORT <= len(message) <= LONG and not UNCLEAR.search(message) for message in table.refused)
    return "" if len(table.rows) == len(table.beats) and _are_beats(table.beats) and truths and messages else "no beats"


def _are_beats(beats: np.ndarray) -> bool:
    in_range = ((beats >= 0) & (beats <= 1)).all()
    return beats.shape[1:] == (BEAT_LENGTH,) and beats.dtype == np.float32 and len(beats) > 0 and bool(in_range)


RECORDINGS = ("wfdb", "edf", "csv", "npy", "zip")
PARSERS: dict[str, Callable[[Case, Path], str]] = {
    **dict.fromkeys(RECORDINGS, _read_recording),
    "kaggle": _read_kaggle,
    "beat csv": _read_beats,
    "pasted beat": _read_pasted,
    "one beat in JSON": _read_json_beat,
    "beats in JSON": _read_json_beats,
}
"""Who reads an input; says what is wrong with the answer, or nothing."""
