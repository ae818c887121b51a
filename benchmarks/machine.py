"""Measure the peaks of the machine: the physical limits beside the benchmarks."""

import hashlib
import statistics
import time
from functools import cache
from pathlib import Path

import numpy as np


@cache
def multiply_adds_per_second() -> float:
    """Measure the peak of all cores by the product of two large float32 matrices; the best of five."""
    size = 2048
    left = np.random.default_rng(0).random((size, size), dtype=np.float32)
    taken = []
    for _ in range(6):
        started = time.perf_counter()
        left @ left
        taken.append(time.perf_counter() - started)
    return size**3 / min(taken)


@cache
def bytes_copied_per_second() -> float:
    """Measure how fast one core copies memory; the median of five."""
    source = np.ones(256 * 2**20, np.uint8)
    target = np.empty_like(source)
    taken = []
    for _ in range(6):
        started = time.perf_counter()
        np.copyto(target, source)
        taken.append(time.perf_counter() - started)
    return source.nbytes / statistics.median(taken[1:])


def seconds_to_read(paths: list[Path]) -> float:
    """Measure how long it takes to read files from the system's cache; the median of five."""
    taken = []
    for _ in range(6):
        started = time.perf_counter()
        for path in paths:
            path.read_bytes()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken[1:])


@cache
def bytes_hashed_per_second() -> float:
    """Measure how fast one core computes SHA-256 checksums; the median of five."""
    content = bytes(64 * 2**20)
    taken = []
    for _ in range(6):
        started = time.perf_counter()
        hashlib.sha256(content)
        taken.append(time.perf_counter() - started)
    return len(content) / statistics.median(taken[1:])
