"""Compare a WFDB header with the files of its record before memory of the stated size is allocated.

Format: https://physionet.org/physiotools/wag/header-5.htm
"""

from pathlib import Path
from typing import Any

import numpy as np
import wfdb

from ecg.errors import InputError
from ecg.io.recording import LONGEST_RECORDING_H
from ecg.signal.context_beat import FS_RANGE

BYTES_A_SAMPLE = {
    "8": 1,
    "16": 2,
    "24": 3,
    "32": 4,
    "61": 2,
    "80": 1,
    "160": 2,
    "212": 1.5,
    "310": 4 / 3,
    "311": 4 / 3,
    **dict.fromkeys(("508", "516", "524"), 0.02),
}
"""Of the WFDB formats; of those that compress what no ECG comes down to."""
LARGEST_HEADER = 1_000_000
"""Bytes."""
MOST_SIGNALS = 64
MOST_SAMPLES = LONGEST_RECORDING_H * 3600 * FS_RANGE[1]
MOST_GAPS = 0.9
"""Share of a record that may lie between its segments."""
BIG_ENDIAN = "61"
"""A format whose samples wfdb 4 gives in physical units only."""
GAP = "~"
"""Name of a segment that is a gap."""


def first_words(header: Path) -> list[str]:
    """Return the first word of each line of a WFDB header: the record, then its segments or its signal files.

    The list is empty if the header cannot be read; reading the recording will say why.
    """
    try:
        lines = header.read_text(errors="replace").splitlines()
    except OSError:
        return []
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def read_header(stem: Path) -> Any:
    """Read the header of a record, and those of its segments; `stem` is the path of its files without the extension.

    Raises
    ------
    InputError
        If the files are not as the header states. For other faults wfdb raises exceptions of any kind.
    """
    _check_size(stem)
    header = wfdb.rdheader(str(stem))
    if (header.sig_len or 0) > MOST_SAMPLES:
        raise InputError(
            f"{stem.name}.hea promises more samples than {LONGEST_RECORDING_H} hours hold at any rate that is read."
        )
    if isinstance(header, wfdb.MultiRecord):
        _check_segments(stem, header)
        header = wfdb.rdheader(str(stem), rd_segments=True)
    for part, segment in _parts(stem, header):
        _check_signals(part, segment)
    return header


def check_checksums(stem: Path, header: Any, index: int) -> None:
    """Compare the sum of a lead's samples with the checksum in the header.

    The lead is given by its position. In a record of segments, which may hold different leads, all leads are summed. Programs
    that do not know the checksum write 0.

    Raises
    ------
    InputError
        If the sum is not the one that the header states.
    """
    for part, segment in _parts(stem, header):
        wanted = range(segment.n_sig) if segment is not header else [index]
        channels = [channel for channel in wanted if segment.checksum[channel] and segment.fmt[channel] != BIG_ENDIAN]
        if not channels:
            continue
        record = wfdb.rdrecord(
            str(part), channels=channels, physical=False, return_res=32, smooth_frames=False, ignore_skew=True
        )
        for channel, samples in zip(channels, record.e_d_signal, strict=True):
            if (int(samples.sum(dtype=np.int64)) - segment.checksum[channel]) % 65536:
                raise InputError(
                    f"Signal {channel + 1} of {part.name} does not add up to the checksum in the header: one of the two files "
                    "is damaged, or they do not belong together. If you are sure of them, write 0 for the checksum."
                )


def bits_needed(stem: Path, header: Any) -> int:
    """Return the bits with which the samples can be read without rounding: 32 (half the memory), or 64 for 32-bit samples."""
    return 64 if any("32" in segment.fmt for _, segment in _parts(stem, header)) else 32


def _parts(stem: Path, header: Any) -> list[tuple[Path, Any]]:
    """Return what holds signals: the record itself, or its segments but for the one that only describes the others."""
    if not isinstance(header, wfdb.MultiRecord):
        return [(stem, header)]
    segments = zip(header.seg_name, header.segments, strict=True)
    return [(stem.with_name(name), segment) for name, segment in segments if segment and segment.sig_len]


def _check_size(stem: Path) -> None:
    file = stem.with_name(f"{stem.name}.hea")
    if file.is_file() and file.stat().st_size > LARGEST_HEADER:
        raise InputError(f"{file.name} has {file.stat().st_size / 1e6:.0f} MB; a header is a text of a few lines.")


def _check_segments(stem: Path, header: Any) -> None:
    names = [name for name in header.seg_name if name != GAP]
    held = sum(length for name, length in zip(header.seg_name, header.seg_len, strict=True) if name != GAP)
    if len(names) != len(set(names)) or stem.name in names or len(header.seg_name) != header.n_seg:
        raise InputError(f"{stem.name}.hea does not name each of its segments once. It is damaged, or made by hand.")
    if sum(header.seg_len) != header.sig_len:
        raise InputError(f"{stem.name}.hea promises another number of samples than its segments have together.")
    if held < (1 - MOST_GAPS) * header.sig_len:
        raise InputError(
            f"{stem.name}.hea promises {header.sig_len:,} samples, of which its segments hold {held:,}. Give the segments "
            f"alone, or a record of which at most {MOST_GAPS:.0%} are gaps."
        )
    for name in names:
        _check_size(stem.with_name(name))


def _check_signals(stem: Path, header: Any) -> None:
    files = header.file_name or []
    if len(files) != header.n_sig or len(files) > MOST_SIGNALS:
        raise InputError(
            f"{stem.name}.hea describes {len(files):,} signals; it must describe as many as it promises, and at most "
            f"{MOST_SIGNALS} are read."
        )
    unknown = [fmt for fmt in header.fmt or [] if fmt not in BYTES_A_SAMPLE]
    if unknown:
        raise InputError(
            f"{stem.name}.hea names the format {unknown[0][:20]}. These of WFDB are read: {', '.join(BYTES_A_SAMPLE)}."
        )
    if max((skew or 0 for skew in header.skew or []), default=0) > (header.sig_len or 0):
        raise InputError(f"{stem.name}.hea promises signals that are skewed by more samples than it has. It is damaged.")
    for name in dict.fromkeys(files):
        _check_signal_file(stem, header, name)


def _check_signal_file(stem: Path, header: Any, name: str) -> None:
    """Refuse a signal file that is too short, which not every format of wfdb notices."""
    channels = [index for index, each in enumerate(header.file_name) if each == name]
    if len({header.fmt[index] for index in channels}) > 1:
        raise InputError(f"{stem.name}.hea gives {name} several formats; a signal file has one. The header is damaged.")
    a_frame = sum(header.samps_per_frame[index] for index in channels)
    promised = (header.byte_offset[channels[0]] or 0) + int(
        (header.sig_len or 0) * a_frame * BYTES_A_SAMPLE[header.fmt[channels[0]]]
    )
    file = stem.with_name(name)
    if file.is_file() and file.stat().st_size < promised:
        raise InputError(
            f"{stem.name}.hea promises {header.sig_len:,} samples, for which {name} would need {promised:,} bytes; it has "
            f"{file.stat().st_size:,}. The upload is incomplete, or the header belongs to another file."
        )
