"""Signals that are no ECG: noise, hum, steps, waves of a generator."""

from collections.abc import Callable

import numpy as np
from scipy import signal

FS = 250
SECONDS = 30
TIME = np.arange(SECONDS * FS) / FS
Make = Callable[[np.random.Generator], np.ndarray]


def _noise(steepness: float) -> Make:
    def make(chance: np.random.Generator) -> np.ndarray:
        spectrum = np.fft.rfft(chance.normal(size=len(TIME)))
        spectrum[1:] /= np.fft.rfftfreq(len(TIME), 1 / FS)[1:] ** (steepness / 2)
        return np.fft.irfft(spectrum, len(TIME))

    return make


def _hum(frequency: float, noise: float) -> Make:
    def make(chance: np.random.Generator) -> np.ndarray:
        harmonics = range(1, int(FS / 2 / frequency) + 1)
        angles = 2 * np.pi * frequency * TIME
        waves = [np.sin(n * angles + chance.uniform(0, 6)) * chance.uniform(0.1, 1) / n for n in harmonics]
        return np.sum(waves, axis=0) + noise * _white(chance)

    return make


def _white(chance: np.random.Generator) -> np.ndarray:
    return chance.normal(size=len(TIME))


def _events(rate: float, shape: Callable[[np.ndarray], np.ndarray]) -> Make:
    def make(chance: np.random.Generator) -> np.ndarray:
        starts = np.cumsum(chance.exponential(1 / rate, size=int(4 * rate * SECONDS)))
        heights = chance.normal(size=len(starts))
        ecg = sum(height * shape(TIME - start) for start, height in zip(starts, heights, strict=True))
        return ecg + 0.01 * _white(chance)

    return make


def _wave(made: np.ndarray) -> Make:
    return lambda chance: made + 0.01 * _white(chance)


NO_ECG: dict[str, Make] = {
    **{f"noise of 1/f^{steepness:g}": _noise(steepness) for steepness in (-1, 0, 1, 2, 3)},
    **{f"hum of {hertz} Hz, noise {noise}": _hum(hertz, noise) for hertz in (50, 60) for noise in (0, 0.02, 0.2)},
    "a random walk": lambda chance: np.cumsum(_white(chance)),
    "clipped noise": lambda chance: np.clip(_white(chance), -0.5, 0.5),
    "noise in bursts": lambda chance: _white(chance) * np.repeat(chance.choice([0.05, 1], size=2 * SECONDS), FS // 2),
    "noise with outliers": lambda chance: np.clip(chance.standard_cauchy(size=len(TIME)), -50, 50),
    "the last bit of a converter": lambda chance: chance.integers(0, 2, size=len(TIME)).astype(float),
    "steps now and then": _events(0.5, lambda time: np.heaviside(time, 1)),
    "steps": _events(2, lambda time: np.heaviside(time, 1)),
    "an electrode that moves": _events(2, lambda time: np.heaviside(time, 1) * np.exp(-np.clip(time, 0, None) / 0.5)),
    "spikes": _events(1.2, lambda time: np.exp(-0.5 * (time / 0.004) ** 2)),
    "pulses of a generator": _wave(signal.square(2 * np.pi * 1.2 * TIME, 0.1)),
    **{f"square wave of {hertz} Hz": _wave(signal.square(2 * np.pi * hertz * TIME)) for hertz in (0.5, 1, 1.3, 2, 5)},
    **{f"sawtooth of {hertz} Hz": _wave(signal.sawtooth(2 * np.pi * hertz * TIME)) for hertz in (0.5, 1, 1.3)},
    **{f"sine of {hertz} Hz": _wave(np.sin(2 * np.pi * hertz * TIME)) for hertz in (0.3, 1, 2, 5)},
}
"""How each is made, in no unit, at `FS` for `SECONDS`."""
