"""Analyse a recording hour by hour, so that two weeks need no more memory than one hour.

The results are those of `ecg.inference.recording_analysis.analyse` on the whole recording, with these limits:

- R peaks are identical. `find_peaks` itself works on pieces of an hour. Each hour is read with the hour before it, at whose
  end the same piece begins, and with the margin of `find_peaks` behind it.
- Quality: the windows of 5 s are the same, and each hour is filtered with one window to either side. But "flat" is relative
  to the hour, not to the whole recording, and the last few windows may start some samples earlier or later.
- Context: each beat is cut with 303 beats to either side, from the neighbouring hours if need be. Median beat and RR features
  are the same, unless most of an hour is unreadable: beats more than an hour away are not used.
- Resampling and filters start elsewhere, which changes the last bits of a probability.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ecg.classes import LABELS
from ecg.inference.classifier import Model
from ecg.inference.recording_analysis import Analysis, beat_warnings
from ecg.io.lead_reader import Lead
from ecg.signal.context_beat import NEIGHBOURS, cut_context_beats
from ecg.signal.r_peaks import MARGIN, PIECE, find_peaks
from ecg.signal.signal_quality import WINDOW, Quality, judge, without_steps

BEATS_AROUND = 2 * NEIGHBOURS + 3
"""Beats to either side that affect a beat: its neighbours, and the neighbours of those."""
SIGNAL_AROUND_S = 2
"""Signal to either side that affects a beat: half a beat, and the settling of the filters."""


@dataclass(frozen=True)
class _Hour:
    start: int
    stop: int
    peaks: np.ndarray
    quality: Quality


def analyse_in_pieces(lead: Lead, models: dict[str, Model]) -> Iterator[Analysis]:
    """Analyse a recording hour by hour.

    Parameters
    ----------
    lead : Lead
        The recording.
    models : dict of str to Model
        Models of context beats.

    Yields
    ------
    Analysis
        The next hour, with positions in the whole recording and without a signal. It may have no beats.

    Raises
    ------
    InputError
        If the recording is damaged.
    """
    length = round(PIECE * lead.about.fs)
    before = np.empty(0, dtype=np.int64)
    hour: _Hour | None = _find(lead, 0, length)
    while hour is not None:
        following = _find(lead, hour.stop, length) if hour.stop < lead.samples else None
        after = following.peaks[:BEATS_AROUND] if following else before[:0]
        yield _classify(lead, models, hour, before[before >= hour.start - length], after)
        before = np.concatenate([before, hour.peaks])[-BEATS_AROUND:]
        hour = following


def _find(lead: Lead, start: int, length: int) -> _Hour:
    """Judge the quality of an hour, and find its R peaks."""
    fs, stop = lead.about.fs, min(start + length, lead.samples)
    first, last = max(start - length, 0), min(stop + round(MARGIN * fs), lead.samples)
    signal, missing = lead.section(first, last)
    quality = _judge(signal, missing, fs, start - first, stop - first)
    peaks = find_peaks(signal, fs)
    peaks = peaks[(peaks >= start - first) & (peaks < stop - first)]
    quality = without_steps(quality, signal, fs, peaks)
    peaks = first + peaks[quality.readable(peaks)]
    return _Hour(start, stop, peaks, Quality(first + quality.edges, quality.reasons))


def _judge(signal: np.ndarray, missing: np.ndarray, fs: float, start: int, stop: int) -> Quality:
    """Judge the quality of an hour, with one window to either side in which the filters settle."""
    a_window = round(WINDOW * fs)
    left = max(start - a_window, 0)
    around = judge(signal[left : stop + a_window], fs, missing[left : stop + a_window])
    starts = left + around.edges[:-1]
    inside = (starts >= start) & (starts < stop)
    inside[-1] |= not inside.any()  # an hour of a few samples, at the end of the recording
    edges = np.append(starts[inside], stop)
    edges[0] = start
    return Quality(edges, around.reasons[inside])


def _classify(lead: Lead, models: dict[str, Model], hour: _Hour, before: np.ndarray, after: np.ndarray) -> Analysis:
    fs = lead.about.fs
    peaks = np.concatenate([before, hour.peaks, after])
    own = np.arange(len(before), len(before) + len(hour.peaks))
    if not len(own) or len(peaks) < 2:  # a beat without another one within an hour has no RR features
        nothing = {name: np.empty((0, len(LABELS)), dtype=np.float32) for name in models}
        return Analysis(lead.about, hour.quality, hour.peaks[:0], nothing, ())
    seconds = max(int(min(hour.start, peaks[0]) / fs) - SIGNAL_AROUND_S, 0)
    first = round(seconds * fs)  # a full second, so that resampling to 360 Hz meets the same samples
    last = min(max(hour.stop, peaks[-1]) + round(SIGNAL_AROUND_S * fs), lead.samples)
    beats = cut_context_beats(lead.section(first, last)[0], fs, peaks - first).rows(own)
    probabilities = {name: model.classify(beats.beats, beats.rhythm) for name, model in models.items()}
    return Analysis(lead.about, hour.quality, hour.peaks, probabilities, tuple(beat_warnings(beats)))


def join(last: Analysis | None, piece: Analysis) -> Analysis:
    """Prepend the last beat before a piece, and the quality since that beat, so that the first RR interval is known.

    ``last`` is the joined piece before; None at the start.
    """
    if last is None:
        return piece
    since = max(int(np.searchsorted(last.quality.edges, last.peaks[-1], side="right")) - 1, 0) if len(last.peaks) else 0
    quality = Quality(
        np.concatenate([last.quality.edges[since:-1], piece.quality.edges]),
        np.concatenate([last.quality.reasons[since:], piece.quality.reasons]),
    )
    return replace(
        piece,
        quality=quality,
        peaks=np.concatenate([last.peaks[-1:], piece.peaks]),
        probabilities={
            name: np.concatenate([last.probabilities[name][-1:], probabilities])
            for name, probabilities in piece.probabilities.items()
        },
    )
