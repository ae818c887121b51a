"""Measure how long a recording of 24 hours takes to be read and cut into beats, beside one hour of it in wfdb's detector.

The recording consists of the MIT-BIH records, one after the other at 250 Hz, in a WFDB file of 16 bits a sample. Ours reads
it, finds its R peaks and cuts its beats in context; wfdb's ``xqrs`` gets the first hour in memory and finds its R peaks.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import wfdb
from scipy.signal import resample_poly
from wfdb.processing import xqrs_detect

from benchmarks.machine import bytes_copied_per_second, seconds_to_read
from benchmarks.measuring import Bound, Comparison, side_by_side
from ecg.data import mitdb
from ecg.io.readers import read_recording
from ecg.signal.context_beat import CHANNELS, CONTEXT_LENGTH, ContextBeats, cut_context_beats
from ecg.signal.r_peaks import find_peaks

PROJECT = Path(__file__).parents[1]
FS = 250
HOUR = 3600 * FS
LEAST_FASTER = 1.0
MOST_MEMORY_MB = 1000.0
"""Memory of the whole process, imports included."""
PEAK_OF_A_PROCESS = """
import sys
from pathlib import Path
from benchmarks.day import cut
cut([Path(file) for file in sys.argv[1:]])
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
# not ru_maxrss, which includes what the parent held when it started the process


def measure(quick: bool) -> list[Comparison | Bound]:
    """Measure time and memory, in three rounds if ``quick``, else five. Raises `InputError` without the MIT-BIH records."""
    with tempfile.TemporaryDirectory() as temporary:
        files = write_day(mitdb.locate(), Path(temporary))
        hour = read_recording(files).signal[:HOUR].astype(np.float64)
        beats = cut(files)
        taken = side_by_side(
            {"ours": lambda: cut(files), "wfdb": lambda: xqrs_detect(hour, FS, verbose=False)}, rounds=3 if quick else 5
        )
        megabytes = _peak_memory(files)
        to_read = seconds_to_read(files)
    size = len(beats.beats) * CONTEXT_LENGTH * CHANNELS * beats.beats.itemsize
    return [
        Comparison(
            what=f"24 hours at {FS} Hz: reading, finding the R peaks, cutting {len(beats.beats):,} beats in context",
            against="wfdb's xqrs on one hour of it",
            ours=taken["ours"],
            theirs=taken["wfdb"],
            goal=LEAST_FASTER,
            conditions="up to two threads; file in the system's cache",
            limit=to_read + size / bytes_copied_per_second(),
            limit_of=f"reading the file and writing {size / 1e6:.0f} MB of beats to memory",
        ),
        Bound(f"24 hours at {FS} Hz: memory of the process at its peak", megabytes, MOST_MEMORY_MB, "MB"),
    ]


def write_day(records: Path, folder: Path) -> list[Path]:
    """Write a recording of 24 hours, made of the MIT-BIH records, into a folder, and return its files."""
    parts = [resample_poly(record.signal.astype(np.float32), FS, mitdb.FS) for record in mitdb.read_records(records)]
    day = np.round(np.concatenate(parts)[: 24 * HOUR]).astype(np.int16)[:, None]
    wfdb.wrsamp("day", FS, ["mV"], ["MLII"], d_signal=day, fmt=["16"], adc_gain=[200], baseline=[1024], write_dir=str(folder))
    return sorted(folder.glob("day.*"))


def cut(files: list[Path]) -> ContextBeats:
    """Read a recording from its files, find its R peaks and cut its beats."""
    recording = read_recording(files)
    return cut_context_beats(recording.signal, recording.fs, find_peaks(recording.signal, recording.fs))


def _peak_memory(files: list[Path]) -> float:
    command = [sys.executable, "-c", PEAK_OF_A_PROCESS, *map(str, files)]
    finished = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return int(finished.stdout) / 1000
