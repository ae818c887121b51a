"""The tables of the exploratory analysis.

They hold counts, averages and percentiles and no single beat, so that they may be committed and shown by the demo, which has
no records. `python -m ecg explore` writes them to ``results/exploration``.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from ecg.atomic_files import write_atomically
from ecg.classes import LABEL_OF_SYMBOL, LABELS
from ecg.data.beat_table import BeatTable
from ecg.data.mitdb import DS1, DS2, FS, PACED
from ecg.data.splits import DIVIDING_PROTOCOLS, SPLITS
from ecg.errors import InputError
from ecg.exploration.neighbours import neighbour_table, projection_table
from ecg.signal.kaggle_beat import BEAT_FS, BEAT_LENGTH, STEP, beat_lengths
from ecg.signal.rr_features import NEIGHBOURHOODS, percentile_around

LEFT_OUT = "left out"
"""Split of the beats that a protocol does not use."""
SETS = {"DS1": DS1, "DS2": DS2, "paced": PACED}
PERCENTILES = (5, 25, 50, 75, 95)
FEWEST_BEATS = 20
"""Statistics of fewer beats are left out: they would nearly show a single beat."""
CORRELATION_STEP = 3
"""Every third sample is enough to show the correlation."""
INTERVAL_BINS = {"previous RR (s)": np.arange(72, 721, 9) / FS, "previous RR / median around": np.arange(8, 73) / 40}
"""Edges of the histograms. Those of the interval are 9 samples apart, so that each bin holds equally many possible values."""


@dataclass(frozen=True)
class Exploration:
    """The tables of the exploratory analysis; each is one CSV file.

    Each attribute is described by the function that makes it, such as `count_table` for ``counts``.
    """

    counts: pd.DataFrame
    quality: pd.DataFrame
    shapes: pd.DataFrame
    correlation: pd.DataFrame
    records: pd.DataFrame
    intervals: pd.DataFrame
    projection: pd.DataFrame
    neighbours: pd.DataFrame

    def write(self, folder: Path) -> None:
        """Write one CSV file for each table."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in vars(self).items():
            write_atomically(folder / f"{name}.csv", table.to_csv(index=False))


def explore(beat_table: BeatTable) -> Exploration:
    """Make all tables from the beats, which must be in the order of the records and of time."""
    return Exploration(
        counts=count_table(beat_table),
        quality=quality_table(beat_table),
        shapes=shape_table(beat_table),
        correlation=correlation_table(beat_table),
        records=record_table(beat_table),
        intervals=interval_table(beat_table),
        projection=projection_table(beat_table),
        neighbours=neighbour_table(beat_table),
    )


def read_exploration(folder: Path) -> Exploration:
    """Read the tables from a folder of CSV files.

    Raises
    ------
    InputError
        If one is missing.
    """
    missing = [field.name for field in fields(Exploration) if not (folder / f"{field.name}.csv").is_file()]
    if missing:
        raise InputError(f"{folder} lacks {', '.join(f'{name}.csv' for name in missing)}. `make eda` writes all tables.")
    return Exploration(
        **{field.name: pd.read_csv(folder / f"{field.name}.csv", dtype={"record": str}) for field in fields(Exploration)}
    )


def count_table(beat_table: BeatTable) -> pd.DataFrame:
    """Count the beats of each class in each split (or ``left out``) of both protocols."""
    tables = []
    for protocol in DIVIDING_PROTOCOLS:
        split = np.where(beat_table.splits[protocol] == "", LEFT_OUT, beat_table.splits[protocol])
        counts = _count_labels(beat_table, split).reindex([*SPLITS, LEFT_OUT]).dropna().astype(int)
        counts.insert(0, "protocol", protocol)
        tables.append(counts.rename_axis("split").reset_index())
    return pd.concat(tables, ignore_index=True)[["protocol", "split", *LABELS]]


def record_table(beat_table: BeatTable) -> pd.DataFrame:
    """Count the beats of each class in each record, and give the ``set`` of the record: DS1, DS2 or paced."""
    set_of_record = {record: name for name, records in SETS.items() for record in records}
    counts = _count_labels(beat_table, beat_table.records).rename_axis("record").reset_index()
    counts.insert(0, "set", counts["record"].map(set_of_record))
    return counts.sort_values(["set", "record"], ignore_index=True)


def _count_labels(beat_table: BeatTable, groups: np.ndarray) -> pd.DataFrame:
    counts = pd.crosstab(groups, np.array(LABELS)[beat_table.labels])
    return counts.reindex(columns=list(LABELS), fill_value=0).rename_axis(columns=None)


def quality_table(beat_table: BeatTable) -> pd.DataFrame:
    """Count possible defects of the beats, which must be in the order of the records and of time.

    Training and test are those of the intra-patient protocol. Beats are equal if all 187 values are.

    Returns
    -------
    DataFrame
        Columns ``what`` and ``beats``.
    """
    _, shape = np.unique(beat_table.beats, axis=0, return_inverse=True)
    beats = pd.DataFrame({"shape": shape, "label": beat_table.labels, "split": beat_table.splits["intra_patient"]})
    train, test = beats[beats["split"] == "train"], beats[beats["split"] == "test"]
    lengths = beat_lengths(beat_table.beats)
    counts = {
        "beats": len(beats),
        "with a missing value": np.isnan(beat_table.beats).any(axis=1).sum(),
        "equal to an earlier beat": beats["shape"].duplicated().sum(),
        "in training, equal to an earlier training beat": train["shape"].duplicated().sum(),
        "in test, equal to an earlier test beat": test["shape"].duplicated().sum(),
        "in test, equal to a training beat": test["shape"].isin(train["shape"]).sum(),
        "equal to a beat of another class": (beats.groupby("shape")["label"].transform("nunique") > 1).sum(),
        f"longer than {BEAT_LENGTH} samples ({BEAT_LENGTH / BEAT_FS:.2f} s) and cut off there": (lengths == BEAT_LENGTH).sum(),
        "in test": len(test),
        "in test, sharing part of the signal with a training beat": _overlapping(beat_table, lengths).sum(),
    }
    return pd.DataFrame({"what": list(counts), "beats": [int(count) for count in counts.values()]})


def _overlapping(beat_table: BeatTable, lengths: np.ndarray) -> np.ndarray:
    """Tell which test beats share signal with a training beat; a beat reaches a fifth into the next one."""
    split = beat_table.splits["intra_patient"]
    follows = beat_table.records[1:] == beat_table.records[:-1]
    into_next = follows & (beat_table.samples[:-1] + STEP * lengths[:-1] > beat_table.samples[1:])
    is_train = split == "train"
    shared = np.append(into_next & is_train[1:], False) | np.append(False, into_next & is_train[:-1])
    return shared & (split == "test")


def shape_table(beat_table: BeatTable) -> pd.DataFrame:
    """Describe the beats of each class and each symbol, sample by sample, without their padding.

    Returns
    -------
    DataFrame
        One row for each sample that at least 20 beats reach: ``kind`` (``class`` or ``symbol``), ``name``, ``sample`` (0 to
        186, at 120 Hz), the number of ``beats`` that reach it, and their ``mean``, ``p5``, ``p25``, ``p50``, ``p75`` and
        ``p95``.
    """
    values = pd.DataFrame(_without_padding(beat_table.beats))
    names = {"class": np.array(LABELS)[beat_table.labels], "symbol": beat_table.symbols}
    wanted = [("class", label) for label in LABELS] + [("symbol", symbol) for symbol in LABEL_OF_SYMBOL]
    return pd.concat([_shape(values[names[kind] == name], kind, name) for kind, name in wanted], ignore_index=True)


def _shape(values: pd.DataFrame, kind: str, name: str) -> pd.DataFrame:
    statistics = {"beats": values.count(), "mean": values.mean()}
    statistics |= {f"p{percentile}": values.quantile(percentile / 100) for percentile in PERCENTILES}
    table = pd.DataFrame(statistics).round(4).rename_axis("sample").reset_index()
    table.insert(0, "kind", kind)
    table.insert(1, "name", name)
    return table[table["beats"] >= FEWEST_BEATS]


def _without_padding(beats: np.ndarray) -> np.ndarray:
    return np.where(np.arange(BEAT_LENGTH) < beat_lengths(beats)[:, None], beats, np.nan)


def correlation_table(beat_table: BeatTable) -> pd.DataFrame:
    """Correlate every third sample of the beats with one another (Pearson).

    Returns
    -------
    DataFrame
        Column ``sample``, and one column for each of the same samples. Each value is computed over the beats that reach both
        samples, and is empty if those are fewer than 20.
    """
    samples = np.arange(0, BEAT_LENGTH, CORRELATION_STEP)
    values = pd.DataFrame(_without_padding(beat_table.beats)[:, samples], columns=samples.astype(str))
    table = values.corr(min_periods=FEWEST_BEATS).round(2)
    return table.rename_axis("sample").reset_index().astype({"sample": int})


def interval_table(beat_table: BeatTable) -> pd.DataFrame:
    """Count the beats of each class by the RR interval before them; beats must be in the order of the records and of time.

    Returns
    -------
    DataFrame
        ``interval`` (the previous RR interval in s, or its ratio to the median of the 51 around it), ``from``, ``to``, and the
        classes. Values outside count in the outermost bins. The first beat of a record has no interval.
    """
    intervals, ratios = np.full(len(beat_table.samples), np.nan), np.full(len(beat_table.samples), np.nan)
    for record in np.unique(beat_table.records):
        rows = np.flatnonzero(beat_table.records == record)
        previous = np.diff(beat_table.samples[rows]) / FS
        intervals[rows[1:]] = previous
        ratios[rows[1:]] = previous / percentile_around(previous, 50, NEIGHBOURHOODS["around"])
    tables = []
    for (name, edges), values in zip(INTERVAL_BINS.items(), (intervals, ratios), strict=True):
        counts = {label: _histogram(values[beat_table.labels == index], edges) for index, label in enumerate(LABELS)}
        tables.append(pd.DataFrame({"interval": name, "from": edges[:-1].round(4), "to": edges[1:].round(4), **counts}))
    return pd.concat(tables, ignore_index=True)


def _histogram(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    known = values[~np.isnan(values)]
    position = np.searchsorted(edges, known, side="right") - 1
    return np.bincount(position.clip(0, len(edges) - 2), minlength=len(edges) - 1)
