"""One lead of a recording, checked, with what its file states and what the person stated instead."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ecg.classes import LABEL_OF_FURTHER_SYMBOL, LABEL_OF_SYMBOL
from ecg.errors import InputError
from ecg.signal.context_beat import check_sampling_rate

LABELS_OF_SYMBOLS = LABEL_OF_SYMBOL | LABEL_OF_FURTHER_SYMBOL
FAMILIAR_LEADS = ("MLII", "II")
"""Leads that the models were trained on, the best first."""
ECG_LEAD = re.compile(r"(ECG|EKG)\d*|I{1,3}|AV[RLF]|V[1-9]R?|ML?[VI0-9]+|C[MC]\d|D[1-3]")
"""Names of leads of an ECG, among the other signals that a file may hold."""
UNITS = {"V": "V", "MV": "mV", "UV": "uV", "NV": "nV", "RAW": "raw"}
_MICRO = re.compile("[\u00b5\u03bc\u039c]")  # the sign, and the Greek letter, small and capital
SHORTEST_RECORDING_S = 10
"""A recording is at least this long, in s: fewer heartbeats are no rhythm."""
LONGEST_RECORDING_H = 7 * 24
"""A recording is at most this long, in hours."""
LARGEST_VALUE = 1e9
"""No sample is further from 0, in any unit."""


@dataclass(frozen=True)
class Annotation:
    """Annotated beats.

    Attributes
    ----------
    samples : ndarray of int64, shape (n,)
        Rising positions of the beats in the signal.
    symbols : ndarray of str, shape (n,)
        PhysioNet annotation codes of the beats.
    """

    samples: np.ndarray
    symbols: np.ndarray

    @property
    def labels(self) -> list[str]:
        """AAMI class of each beat."""
        return [LABELS_OF_SYMBOLS[symbol] for symbol in self.symbols]


@dataclass(frozen=True)
class Source:
    """The content of a file.

    Attributes
    ----------
    name : str
        Name of the recording.
    leads, units : tuple of str
        Names and units of the leads; ``""`` where the file does not state them.
    fs : tuple of float or None
        Sampling rate of each lead in Hz; None where the file does not state it.
    load : callable
        Returns the signal of a lead, by its position: float, shape (m,), NaN where a sample is missing.
    annotation : Annotation, optional
        Beats that are annotated in the file.
    """

    name: str
    leads: tuple[str, ...]
    units: tuple[str, ...]
    fs: tuple[float | None, ...]
    load: Callable[[int], np.ndarray]
    annotation: Annotation | None = None


@dataclass(frozen=True)
class Recording:
    """One lead of a recording.

    Attributes
    ----------
    name : str
        Name of the recording.
    lead, unit : str
        Name and unit of the lead; ``""`` where they are not known.
    fs : float
        Sampling rate in Hz.
    signal : ndarray of float32, shape (m,)
        The lead, with gaps bridged by straight lines.
    missing : ndarray of bool, shape (m,)
        Where the gaps are.
    annotation : Annotation or None
        Annotated beats.
    warnings : tuple of str
        What a reader of the results should know about the lead.
    """

    name: str
    lead: str
    unit: str
    fs: float
    signal: np.ndarray
    missing: np.ndarray
    annotation: Annotation | None
    warnings: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """How long it is, in s."""
        return len(self.signal) / self.fs


def take_lead(source: Source, fs: float | None = None, unit: str | None = None, lead: str | None = None) -> Recording:
    """Take one lead: the one that was asked for, or the one most like those that the models were trained on.

    Parameters
    ----------
    source : Source
        The content of the file.
    fs : float, optional
        Sampling rate in Hz, if the file does not state it.
    unit : str, optional
        ``"V"``, ``"mV"``, ``"uV"``, ``"nV"`` or ``"raw"``, if the file does not state it.
    lead : str, optional
        Name of the lead, or its number from 1. Default: MLII or II, else the first lead of an ECG.

    Raises
    ------
    InputError
        If the sampling rate is missing, an option contradicts the file, or the lead is no ECG of at least ten seconds.
    """
    leads = tuple(map(_printable, source.leads))
    index = _find(leads, lead) if lead else _choose(leads)
    name = leads[index] or (lead if lead and not lead.isdigit() else "")
    rate = _sampling_rate(source.fs[index], fs)
    known_unit = _unit(_printable(source.units[index]), unit)
    values = source.load(index)
    missing = ~np.isfinite(values)
    _check_length(len(values), rate)
    known = values[~missing] if missing.any() else values
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    if low == high:
        raise InputError("The lead is a flat line from end to end: there is no heartbeat in it. Was the electrode connected?")
    if max(-low, high) > LARGEST_VALUE:
        raise InputError(f"The lead holds a value of {max(-low, high):.3g}: no ECG is that large in any unit.")
    warnings = (_lead_warning(name, leads), "" if known_unit else _UNKNOWN_UNIT)
    return Recording(
        source.name,
        name,
        known_unit,
        rate,
        bridged(values, missing),
        missing,
        source.annotation,
        tuple(warning for warning in warnings if warning),
    )


def is_familiar(lead: str) -> bool:
    """Tell whether the models were trained on a lead of this name."""
    return _plain(lead) in FAMILIAR_LEADS


def names_an_ecg_lead(leads: Sequence[str]) -> bool:
    """Tell whether one of several signals has the name of an ECG lead."""
    return any(ECG_LEAD.fullmatch(_plain(lead)) for lead in leads)


def bridged(values: np.ndarray, missing: np.ndarray) -> np.ndarray:
    """Replace missing samples by straight lines; at least one sample must be there. Returns float32, shape (m,)."""
    if missing.any():
        known = np.flatnonzero(~missing)
        values = np.interp(np.arange(len(values)), known, values[known])
    return values.astype(np.float32, copy=False)


_UNKNOWN_UNIT = "The file does not say its unit: amplitudes are shown as they stand in it. (The models do not need the unit.)"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _plain(lead: str) -> str:
    """Name a lead without what recorders add: "ECG II", "Lead II" and "ii" are all II."""
    words = re.sub(r"[^A-Z0-9]+", " ", lead.upper()).split()
    kept = [word for word in words if word not in ("ECG", "EKG", "LEAD", "CHANNEL")]
    return kept[0] if kept else "".join(words)


def _choose(leads: tuple[str, ...]) -> int:
    names = [_plain(lead) for lead in leads]
    if len(leads) == 1:
        return 0
    for familiar in FAMILIAR_LEADS:
        if familiar in names:
            return names.index(familiar)
    of_an_ecg = [index for index, name in enumerate(names) if ECG_LEAD.fullmatch(name)]
    if of_an_ecg:
        return of_an_ecg[0]
    raise InputError(
        f"The file holds {len(leads)} signals ({_listed(leads)}), none of which is called MLII or II. Say which one is the "
        "lead to read, by name or by number; the models know lead MLII (or II)."
    )


def _find(leads: tuple[str, ...], lead: str) -> int:
    wanted = lead.strip()
    exact = [index for index, name in enumerate(leads) if name == wanted]
    alike = [index for index, name in enumerate(leads) if _plain(name) == _plain(wanted) and name]
    if exact or alike:
        return (exact or alike)[0]
    if wanted.isdecimal() and 1 <= int(wanted) <= len(leads):
        return int(wanted) - 1
    if len(leads) == 1 and not leads[0]:
        return 0  # the file does not name its only lead; the person does
    raise InputError(f"The file has no lead {wanted[:40]!r}. It holds: {_listed(leads)}. Give a name or a number from 1.")


def _listed(leads: tuple[str, ...]) -> str:
    shown = [f"{number}: {lead[:30] or 'no name'}" for number, lead in enumerate(leads[:20], start=1)]
    return ", ".join(shown) + (", …" if len(leads) > 20 else "")


def _sampling_rate(in_file: float | None, given: float | None) -> float:
    fs = given if in_file is None else in_file
    if fs is None:
        raise InputError("The file does not say its sampling rate. Give it, in Hz (samples a second).")
    if in_file is not None and given is not None and abs(in_file - given) > 0.005 * in_file:
        raise InputError(f"The file says that its sampling rate is {in_file:g} Hz, you say {given:g} Hz. Leave yours out.")
    check_sampling_rate(fs)
    return float(fs)


def _unit(in_file: str, given: str | None) -> str:
    units = [UNITS.get(_MICRO.sub("U", unit.strip().upper()), "") for unit in (in_file, given or "")]
    if given and not units[1]:
        raise InputError(f"The unit {given[:20]!r} is none of an ECG's. Give one of {', '.join(UNITS.values())}, or none.")
    if in_file and given and in_file.strip() != given.strip() and units[0] != units[1]:
        raise InputError(f"The file says that its unit is {in_file[:20]}, you say {given[:20]}. Leave yours out.")
    return units[0] or in_file.strip() or units[1]


def _check_length(samples: int, fs: float) -> None:
    if samples < SHORTEST_RECORDING_S * fs:
        raise InputError(
            f"The recording has {samples:,} samples, which is {samples / fs:.1f} s at {fs:g} Hz; at least "
            f"{SHORTEST_RECORDING_S} s are expected. Is the sampling rate right?"
        )
    if samples > LONGEST_RECORDING_H * 3600 * fs:
        raise InputError(
            f"The recording is {samples / fs / 3600:.0f} hours long; at most {LONGEST_RECORDING_H} hours are read at once."
        )


def _lead_warning(lead: str, leads: tuple[str, ...]) -> str:
    if is_familiar(lead):
        return ""
    others = f" The file also holds: {_listed(leads)}." if len(leads) > 1 else ""
    if not lead:
        return f"The file does not name its lead. The models know lead MLII (or II): in another one they err more.{others}"
    return f"This is lead {lead[:30]}. The models know lead MLII (or II): in another one they err more.{others}"
