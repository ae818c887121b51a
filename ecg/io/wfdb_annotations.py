"""Read the annotation files of PhysioNet (MIT format).

Format: https://physionet.org/physiotools/wag/annot-5.htm. wfdb 4.3 reads them too, but never returns on some damaged files.
"""

import re
from pathlib import Path

import numpy as np
from wfdb.io.annotation import ann_labels

from ecg.errors import InputError

SYMBOLS = {label.label_store: label.symbol for label in ann_labels}
"""By the code that stands for them in a file; the other codes mark no beats."""
SKIP, NUM, SUB, CHN, AUX = 59, 60, 61, 62, 63
"""Codes of what is no annotation: a long interval, three numbers of which nothing is made here, and a note."""
RESOLUTION = re.compile(rb"## time resolution: (\d{1,6}(\.\d{1,9})?)")
"""A note in files that count in another unit than the samples of their record."""


def read_annotations(file: Path, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Read an annotation file; of several annotations at one position the first is kept.

    `fs` is the sampling rate of the record in Hz.

    Returns
    -------
    positions : ndarray of int64, shape (n,)
        Rising positions in the signal.
    symbols : ndarray of str, shape (n,)
        PhysioNet annotation codes.

    Raises
    ------
    InputError
        If the file is truncated.
    """
    positions, symbols = read_all_annotations(file, fs)
    positions, first = np.unique(positions, return_index=True)
    return positions, symbols[first]


def read_all_annotations(file: Path, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Read all annotations of a file, in the order of the file; otherwise as `read_annotations`.

    Raises
    ------
    InputError
        If the file is truncated.
    """
    content = file.read_bytes()
    words = np.frombuffer(content[: len(content) // 2 * 2], dtype="<u2").tolist()
    times, symbols, rate, time, at = [], [], fs, 0, 0
    while at < len(words) and words[at]:
        code, value = words[at] >> 10, words[at] & 0x3FF
        at += 1
        if code == SKIP and at + 2 < len(words):
            time += int.from_bytes(content[2 * at : 2 * at + 2], "little", signed=True) * 65536 + words[at + 1]
            at += 2
        elif code == AUX:
            stated = RESOLUTION.match(content, 2 * at, 2 * at + value)
            rate = float(stated[1]) or fs if stated else rate
            at += (value + 1) // 2
        elif code not in (SKIP, NUM, SUB, CHN):
            time += value
            times.append(time)
            symbols.append(SYMBOLS.get(code, " "))
    if at >= len(words):
        raise InputError(f"{file.name} breaks off before its end. The upload is incomplete, or it is no annotation file.")
    in_samples = np.round(np.array(times, dtype=np.float64) * (1 if rate == fs else fs / rate)).astype(np.int64)
    return in_samples, np.array(symbols, dtype=np.str_)
