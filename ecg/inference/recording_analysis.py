"""Analyse a whole recording: judge its quality, find its beats, classify them with every model, and vote."""

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

BEATS_PER_STEP = 2048
"""Beats that a model classifies between two reports of progress."""
FEWEST_BEATS = 5
INVERSION_RATIO = 1.5
"""QRS complexes point down if the lowest point is this many times as far from the baseline as the highest point."""
T_WAVE = slice(BEFORE + 14, BEFORE + 44)
"""Samples of the T wave: 0.12 to 0.37 s after the R peak."""
BESIDE_QRS = np.r_[BEFORE - 26 : BEFORE - 13, BEFORE + 14 : BEFORE + 44]
"""Samples of the P wave and of the T wave."""
LOWEST_WAVE = 0.02
"""Smallest P or T wave of an ECG, as a share of the QRS height. No MIT-BIH record has a smaller one."""

ProgressReport = Callable[[float, str], None]


@dataclass(frozen=True)
class Analysis:
    """A recording and the answers of the models.

    Attributes
    ----------
    recording : Recording
        The recording.
    quality : Quality
        Which stretches are readable.
    peaks : ndarray of int64, shape (n,)
        Positions of the R peaks in readable stretches, in samples.
    probabilities : dict of str to ndarray of float32, shape (n, 5)
        Class probabilities of each beat, by model.
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
        """Class index of each beat by each model, shape (models, n)."""
        return np.stack([probabilities.argmax(axis=1) for probabilities in self.probabilities.values()])

    @property
    def votes(self) -> np.ndarray:
        """Class index with the most votes for each beat, shape (n,). The mean probability decides a tie."""
        ballots = np.stack([(self.answers == index).sum(axis=0) for index in range(len(LABELS))], axis=1)  # (n, 5)
        return (ballots + 0.99 * self.mean_probabilities).argmax(axis=1)

    @property
    def mean_probabilities(self) -> np.ndarray:
        """Mean of the probabilities over the models, shape (n, 5)."""
        return np.mean(list(self.probabilities.values()), axis=0)

    @property
    def disagreement(self) -> np.ndarray:
        """Whether the models disagree on a beat, shape (n,)."""
        return (self.answers != self.answers[0]).any(axis=0)


def analyse(recording: Recording, models: dict[str, Model], report: ProgressReport | None = None) -> Analysis:
    """Find and classify the beats of a recording.

    Parameters
    ----------
    recording : Recording
        The recording.
    models : dict of str to Model
        Models of context beats.
    report : callable, optional
        It is called with the share that is done, from 0 to 1, and the current step.

    Raises
    ------
    InputError
        If no stretch is readable, or there are too few heartbeats.
    """
    report = report or _ignore_progress
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


def _classify(models: dict[str, Model], beats: ContextBeats, report: ProgressReport) -> dict[str, np.ndarray]:
    starts = range(0, len(beats.beats), BEATS_PER_STEP)
    steps, done, probabilities = len(models) * len(starts), 0, {}
    for name, model in models.items():
        parts = []
        for start in starts:
            report(0.2 + 0.8 * done / steps, f"{model.title} reads {len(beats.beats):,} heartbeats")
            chosen = beats.rows(np.arange(start, min(start + BEATS_PER_STEP, len(beats.beats))))
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


def _ignore_progress(share: float, doing: str) -> None:
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
    """Return warnings about the shape of the beats: an inverted lead, or a signal that is no ECG."""
    warnings = []
    if is_inverted(beats):
        warnings.append(
            "Is the lead inverted? Most QRS complexes point down; in lead II they point up. If the electrodes were "
            "swapped, do not trust the classes."
        )
    if np.abs(_median_beat(beats)[BESIDE_QRS]).max() < LOWEST_WAVE:
        warnings.append("Is this an ECG? Its beats have neither P nor T waves. The classes mean nothing for other pulses.")
    return warnings


def is_inverted(beats: ContextBeats) -> bool:
    """Tell whether a lead seems to be inverted, compared with lead II.

    The QRS complex of the median beat points down clearly, or it points down a little and the T wave does so too.
    """
    median_beat = _median_beat(beats)
    down, up, t_wave = -median_beat[QRS].min(), median_beat[QRS].max(), median_beat[T_WAVE]
    return bool(down > INVERSION_RATIO * up or (down > up and t_wave.min() + t_wave.max() < 0))


def _median_beat(beats: ContextBeats) -> np.ndarray:
    """Return the median beat, relative to the baseline before it."""
    return np.median(beats.beats[:, :, 0], axis=0) - np.median(beats.beats[:, : BEFORE // 2, 0])
