"""Analyse a recording an hour at a time, so that one of two weeks needs no more memory than one of an hour.

The beats are those that `ecg.inference.recording_analysis.analyse` finds in the recording as a whole:

- R peaks: exactly. `find_peaks` itself reads in pieces of an hour; each of ours is read with the hour before, at whose end the
  same piece begins for it, and with its margin behind.
- What can be read: windows of 5 s as in the whole, each hour filtered with a window to either side. But a window is flat if it
  is for the hour, not for the whole recording; and the last few windows may begin some samples earlier or later.
- Context: each beat with the 303 to either side, of the hours before and after if need be. So median beat and rhythm are the
  same, unless most of an hour cannot be read: beats further away than an hour are not asked, where the whole would.
- Resampling and filters begin elsewhere, which changes the last bits of a probability.
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

AROUND = 2 * NEIGHBOURS + 3
"""Beats to either side that matter to a beat: it is compared with its neighbours, each of which is compared with its own."""
SIGNAL_AROUND = 2
"""Seconds of signal to either side that matter to a beat: half a beat and the filters."""


@dataclass(frozen=True)
class _Hour:
    start: int
    stop: int
    peaks: np.ndarray
    quality: Quality


def analyse_in_pieces(lead: Lead, models: dict[str, Model]) -> Iterator[Analysis]:
    """Let the models read a recording an hour at a time.

    Parameters
    ----------
    lead : Lead
        The recording.
    models : dict of str to Model
        Models that read beats in context.

    Yields
    ------
    Analysis
        Of the next hour, in positions of the whole recording; its recording has no signal. It may have no beats.

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
        after = following.peaks[:AROUND] if following else before[:0]
        yield _classify(lead, models, hour, before[before >= hour.start - length], after)
        before = np.concatenate([before, hour.peaks])[-AROUND:]
        hour = following


def _find(lead: Lead, start: int, length: int) -> _Hour:
    """Find what can be read of an hour, and its R peaks."""
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
    """Judge an hour of a section with a window to either side, in which the filters settle."""
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
    if not len(own) or len(peaks) < 2:  # a beat that has no other within an hour has no rhythm
        nothing = {name: np.empty((0, len(LABELS)), dtype=np.float32) for name in models}
        return Analysis(lead.about, hour.quality, hour.peaks[:0], nothing, ())
    seconds = max(int(min(hour.start, peaks[0]) / fs) - SIGNAL_AROUND, 0)
    first = round(seconds * fs)  # a full second, so that resampling to 360 Hz meets the same samples
    last = min(max(hour.stop, peaks[-1]) + round(SIGNAL_AROUND * fs), lead.samples)
    beats = cut_context_beats(lead.section(first, last)[0], fs, peaks - first).rows(own)
    probabilities = {name: model.classify(beats.beats, beats.rhythm) for name, model in models.items()}
    return Analysis(lead.about, hour.quality, hour.peaks, probabilities, tuple(beat_warnings(beats)))


def join(last: Analysis | None, piece: Analysis) -> Analysis:
    """Put the last beat of what went before in front of a piece, with what could be read since.

    Parameters
    ----------
    last : Analysis or None
        What went before, joined; None at the beginning.
    piece : Analysis
        The piece.

    Returns
    -------
    Analysis
        One beat more, if there was one.
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
