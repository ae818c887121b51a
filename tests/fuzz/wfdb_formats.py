"""Write signal files in the WFDB formats, also in those that the package wfdb reads and does not write.

https://physionet.org/physiotools/wag/signal-5.htm says how the bits are laid out.
"""

from collections.abc import Callable

import numpy as np


def _flat(frames: np.ndarray, together: int) -> np.ndarray:
    """Return the samples in the order of the file, shape (n, together), the last ones filled up with 0."""
    samples = frames.reshape(-1)
    return np.pad(samples, (0, -len(samples) % together)).reshape(-1, together)


def _differences(frames: np.ndarray) -> bytes:
    return np.diff(frames, axis=0, prepend=frames[:1]).astype(np.int8).tobytes()


def _three_bytes(frames: np.ndarray) -> bytes:
    return frames.reshape(-1, 1).astype("<i4").view(np.uint8)[:, :3].tobytes()


def _pairs_of_12_bits(frames: np.ndarray) -> bytes:
    first, second = (_flat(frames, 2) & 0xFFF).T
    return np.stack([first & 0xFF, first >> 8 | second >> 8 << 4, second & 0xFF], axis=1).astype(np.uint8).tobytes()


def _triples_of_10_bits_apart(frames: np.ndarray) -> bytes:
    first, second, third = (_flat(frames, 3) & 0x3FF).T
    low, high = third & 0x1F, third >> 5
    words = [(first & 0x7F) << 1, first >> 7 | low << 3, (second & 0x7F) << 1, second >> 7 | high << 3]
    return np.stack(words, axis=1).astype(np.uint8).tobytes()


def _triples_of_10_bits(frames: np.ndarray) -> bytes:
    first, second, third = (_flat(frames, 3) & 0x3FF).T
    return (first | second << 10 | third << 20).astype("<u4").tobytes()


PACKERS: dict[str, Callable[[np.ndarray], bytes]] = {
    "8": _differences,
    "16": lambda frames: frames.astype("<i2").tobytes(),
    "24": _three_bytes,
    "32": lambda frames: frames.astype("<i4").tobytes(),
    "61": lambda frames: frames.astype(">i2").tobytes(),
    "80": lambda frames: (frames + 128).astype(np.uint8).tobytes(),
    "160": lambda frames: (frames + 32768).astype("<u2").tobytes(),
    "212": _pairs_of_12_bits,
    "310": _triples_of_10_bits_apart,
    "311": _triples_of_10_bits,
}
"""Bytes of a signal file, by its format, of ndarrays of int of shape (samples, leads)."""
