"""Which stretches of a recording are readable: not those that are flat, missing or noise.

A heartbeat is short and steep: in the band of the QRS complex (5 to 30 Hz) most of a readable lead is near zero and little of
it is far from it, which kurtosis measures (Li, Mark and Clifford (2008), doi 10.1088/0967-3334/29/1/002). Noise and mains hum
have a kurtosis of 3 and of 1.5; of the MIT-BIH records only ventricular flutter is near these values; its beats
cannot be separated either.
"""

from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when first used, which the demo is not when it opens

WINDOW = 5.0
"""Seconds that are judged together."""
REASONS = ("readable", "flat", "missing", "noise")
"""What a window can be."""
LOWEST_KURTOSIS = 4.5
LOWEST_PEAK = 6.5
"""The 99.5th percentile of the absolute values, in units of their median."""
MOST_HUM = 1.2
"""Root mean square above 40 Hz, in units of that in the band of the QRS complex."""
FLAT = 0.05
"""A window is flat if its root mean square is below this share of what is usual in the recording."""
MOST_MISSING = 0.2
MOST_STEP = 0.5
"""A heartbeat is no longer one if the signal after it is this share of its height away from that before it."""


@dataclass(frozen=True)
class Quality:
    """Which windows of a recording are readable.

    Attributes
    ----------
    edges : ndarray of int64, shape (w + 1,)
        First sample of each window, and the end of the last one.
    reasons : ndarray of int, shape (w,)
        Positions in `REASONS`.
    """

    edges: np.ndarray
    reasons: np.ndarray

    @property
    def readable_share(self) -> float:
        """Share of the recording that can be read."""
        return float(np.diff(self.edges)[self.reasons == 0].sum() / self.edges[-1])

    def readable(self, samples: np.ndarray) -> np.ndarray:
        """Tell for each position, in samples, whether it is in a readable window."""
        window = np.searchsorted(self.edges, samples, side="right") - 1
        return self.reasons[np.clip(window, 0, len(self.reasons) - 1)] == 0

    def stretches(self) -> list[tuple[int, int, str]]:
        """List the unreadable stretches: first sample, the one after the last, and the reason.

        Adjacent windows with the same reason are one stretch.
        """
        starts = np.flatnonzero(np.diff(self.reasons, prepend=-1))
        ends = np.append(starts[1:], len(self.reasons))
        return [
            (int(self.edges[start]), int(self.edges[end]), REASONS[self.reasons[start]])
            for start, end in zip(starts, ends, strict=True)
            if self.reasons[start]
        ]


def judge(ecg: np.ndarray, fs: float, missing: np.ndarray) -> Quality:
    """Judge a recording window by window.

    Parameters
    ----------
    ecg : ndarray of float, shape (m,)
        One lead, at least five seconds, in any unit, with gaps bridged.
    fs : float
        Sampling rate in Hz, 100 to 1,000.
    missing : ndarray of bool, shape (m,)
        Where the gaps were.

    Returns
    -------
    Quality
        Windows of equal length, 5 s or slightly more.
    """
    windows = max(int(len(ecg) / (WINDOW * fs)), 1)
    length = len(ecg) // windows
    in_windows = slice(0, windows * length)
    edges = np.append(np.arange(windows) * length, len(ecg))
    qrs = _filtered(ecg, fs, (5, 30), "bandpass")[in_windows].reshape(windows, length)
    high = _filtered(ecg, fs, 40, "highpass")[in_windows].reshape(windows, length)
    power = np.einsum("wl,wl->w", qrs, qrs) / length
    usual = np.median(power[power > 0]) if (power > 0).any() else 0.0
    flat = power <= FLAT**2 * usual
    power = np.where(flat, 1, power)
    kurtosis = (qrs**4).mean(axis=1) / power**2
    median, high_end = np.percentile(np.abs(qrs), [50, 99.5], axis=1)
    hum = np.sqrt(np.einsum("wl,wl->w", high, high) / length / power)
    noise = (kurtosis < LOWEST_KURTOSIS) | (high_end < LOWEST_PEAK * median) | (hum > MOST_HUM)
    gaps = missing[in_windows].reshape(windows, length).mean(axis=1) > MOST_MISSING
    return Quality(
        edges, np.select([gaps, flat, noise], [REASONS.index(reason) for reason in ("missing", "flat", "noise")], 0)
    )


def without_steps(quality: Quality, ecg: np.ndarray, fs: float, peaks: np.ndarray) -> Quality:
    """Mark as noise the windows whose detected beats are steps: a moving electrode, a square wave.

    A step is as steep as a QRS complex, but the signal does not return. Almost no window of the MIT-BIH records is affected.
    `peaks` are the rising positions of the detected beats.
    """
    before, height, after = (_around(ecg, fs, peaks, *seconds) for seconds in ((-0.2, -0.1), (-0.1, 0.1), (0.1, 0.2)))
    away = np.abs(np.median(after, axis=1) - np.median(before, axis=1))
    is_step = away > MOST_STEP * np.ptp(height, axis=1)
    window = np.searchsorted(quality.edges, peaks, side="right") - 1
    beats, steps = (np.bincount(window[chosen], minlength=len(quality.reasons)) for chosen in (slice(None), is_step))
    return Quality(
        quality.edges, np.where((quality.reasons == 0) & (2 * steps > beats), REASONS.index("noise"), quality.reasons)
    )


def _around(ecg: np.ndarray, fs: float, peaks: np.ndarray, start: float, end: float) -> np.ndarray:
    positions = peaks[:, None] + np.arange(round(start * fs), round(end * fs) + 1)
    return ecg[np.clip(positions, 0, len(ecg) - 1)]


def _filtered(ecg: np.ndarray, fs: float, frequencies: float | tuple[float, float], kind: str) -> np.ndarray:
    sections = scipy.signal.butter(2, frequencies, kind, output="sos", fs=fs)
    centred = (ecg - np.median(ecg)).astype(np.float32)
    scale = np.abs(centred).max() or 1.0  # so that neither volts nor raw counts are too small or too large to be squared twice
    return scipy.signal.sosfiltfilt(sections.astype(np.float32), centred / scale)
