"""Let the models read a whole recording: find its beats, classify each of them, and vote."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ecg.classes import LABELS
from ecg.errors import InputError
from ecg.inference.classifier import Model
from ecg.io.recording import Recording
from ecg.signal.context_beat import BEFORE, QRS, ContextBeats, cut_context_beats
from ecg.signal.r_peaks import find_peaks
from ecg.signal.signal_quality import REASONS, Quality, judge, without_steps

AT_A_TIME = 2048
"""Beats that a model reads before the progress is told again."""
FEWEST_BEATS = 5
INVERTED = 1.5
"""The usual QRS complex points down if its lowest point is this many times as far from the baseline as its highest."""
T_WAVE = slice(BEFORE + 14, BEFORE + 44)
"""Samples that hold the T wave: 0.12 to 0.37 s after the R peak."""
BESIDE_QRS = np.r_[BEFORE - 26 : BEFORE - 13, BEFORE + 14 : BEFORE + 44]
"""Samples that hold the P wave, and the T wave."""
LOWEST_WAVE = 0.02
"""No ECG of the MIT-BIH records has smaller P and T waves, in units of the height of its QRS complexes."""

Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Analysis:
    """A recording, and what the models say of its beats.

    Attributes
    ----------
    recording : Recording
        The recording.
    quality : Quality
        What of it can be read.
    peaks : ndarray of int64, shape (n,)
        Positions of the R peaks, where it can.
    probabilities : dict of str to ndarray of float32, shape (n, 5)
        What each model says of each beat.
    warnings : tuple of str
        What a reader of the results should know.
    """

    recording: Recording
    quality: Quality
    peaks: np.ndarray
    probabilities: dict[str, np.ndarray]
    warnings: tuple[str, ...]

    @property
    def seconds(self) -> np.ndarray:
        """Time of each beat in s, shape (n,)."""
        return self.peaks / self.recording.fs

    @property
    def answers(self) -> np.ndarray:
        """Class index that each model gives each beat, shape (models, n)."""
        return np.stack([probabilities.argmax(axis=1) for probabilities in self.probabilities.values()])

    @property
    def votes(self) -> np.ndarray:
        """Class index most models give each beat, shape (n,); of those that tie, the one with the highest mean probability."""
        ballots = np.stack([(self.answers == index).sum(axis=0) for index in range(len(LABELS))], axis=1)  # (n, 5)
        return (ballots + 0.99 * self.mean_probabilities).argmax(axis=1)

    @property
    def mean_probabilities(self) -> np.ndarray:
        """Mean over the models, shape (n, 5)."""
        return np.mean(list(self.probabilities.values()), axis=0)

    @property
    def disagreement(self) -> np.ndarray:
        """Whether the models give a beat different classes, shape (n,)."""
        return (self.answers != self.answers[0]).any(axis=0)


def analyse(recording: Recording, models: dict[str, Model], report: Report | None = None) -> Analysis:
    """Let the models read a recording.

    Parameters
    ----------
    recording : Recording
        The recording.
    models : dict of str to Model
        Models that read beats in context.
    report : callable, optional
        Is told the share that is done and what is being done.

    Returns
    -------
    Analysis
        What they say.

    Raises
    ------
    InputError
        If nothing of the recording can be read, or it has too few heartbeats.
    """
    report = report or _tell_nobody
    report(0.0, "looking for noise")
    quality = judge(recording.signal, recording.fs, recording.missing)
    report(0.05, "finding the heartbeats")
    peaks = find_peaks(recording.signal, recording.fs)
    quality = without_steps(quality, recording.signal, recording.fs, peaks)
    if not (quality.reasons == 0).any():
        raise InputError(_nothing_to_read(quality))
    peaks = peaks[quality.readable(peaks)]
    if len(peaks) < FEWEST_BEATS:
        raise InputError(f"Only {len(peaks)} heartbeats were found; at least {FEWEST_BEATS} are expected. Is this an ECG?")
    report(0.15, "cutting the heartbeats")
    beats = cut_context_beats(recording.signal, recording.fs, peaks)
    probabilities = _classify(models, beats, report)
    warnings = (*recording.warnings, *_warnings(quality, beats))
    return Analysis(recording, quality, peaks, probabilities, warnings)


def _classify(models: dict[str, Model], beats: ContextBeats, report: Report) -> dict[str, np.ndarray]:
    starts = range(0, len(beats.beats), AT_A_TIME)
    steps, done, probabilities = len(models) * len(starts), 0, {}
    for name, model in models.items():
        parts = []
        for start in starts:
            report(0.2 + 0.8 * done / steps, f"{model.title} reads {len(beats.beats):,} heartbeats")
            chosen = beats.rows(np.arange(start, min(start + AT_A_TIME, len(beats.beats))))
            parts.append(model.classify(chosen.beats, chosen.rhythm))
            done += 1
        probabilities[name] = np.concatenate(parts)
    return probabilities


def _nothing_to_read(quality: Quality) -> str:
    commonest = REASONS[np.bincount(quality.reasons).argmax()]
    found = {
        "flat": "hardly anything but flat lines",
        "missing": "hardly anything but missing samples",
        "noise": "nothing but noise or steps, or a rhythm without separate heartbeats, such as ventricular flutter",
    }
    what = f"the lead holds {found[commonest]}"
    return f"No heartbeat can be told apart: {what}. Check the electrodes, the lead and the sampling rate."


def _tell_nobody(share: float, doing: str) -> None:
    pass


def _warnings(quality: Quality, beats: ContextBeats) -> list[str]:
    warnings = []
    if quality.readable_share < 1:
        warnings.append(
            f"{1 - quality.readable_share:.1%} of the recording is flat, missing or noise (or holds no separate heartbeats): "
            "it is marked and not classified."
        )
    return [*warnings, *beat_warnings(beats)]


def beat_warnings(beats: ContextBeats) -> list[str]:
    """Say what is odd about the beats of a lead.

    Parameters
    ----------
    beats : ContextBeats
        The beats.

    Returns
    -------
    list of str
        What a reader of the results should know.
    """
    warnings = []
    if is_inverted(beats):
        warnings.append(
            "Is the lead inverted? Most QRS complexes point down, in lead II they point up. If the electrodes were "
            "swapped, the classes are not to be trusted."
        )
    if np.abs(_usual(beats)[BESIDE_QRS]).max() < LOWEST_WAVE:
        warnings.append(
            "Is this an ECG? Its beats have neither P nor T waves. Of pulses that are no heartbeats the classes say nothing."
        )
    return warnings


def is_inverted(beats: ContextBeats) -> bool:
    """Tell whether a lead seems to be upside down, taken for lead II.

    Parameters
    ----------
    beats : ContextBeats
        Its beats.

    Returns
    -------
    bool
        Whether the usual QRS complex points down: clearly, or a little if the T wave does so too.
    """
    usual = _usual(beats)
    down, up, t_wave = -usual[QRS].min(), usual[QRS].max(), usual[T_WAVE]
    return bool(down > INVERTED * up or (down > up and t_wave.min() + t_wave.max() < 0))


def _usual(beats: ContextBeats) -> np.ndarray:
    """Return the median beat, above or below where the signal rests before it."""
    return np.median(beats.beats[:, :, 0], axis=0) - np.median(beats.beats[:, : BEFORE // 2, 0])
