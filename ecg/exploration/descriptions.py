"""Descriptions of the figures of the exploratory analysis, as their text alternative. All numbers come from the tables."""

import numpy as np
import pandas as pd

from ecg.classes import AAMI_CLASSES, LABEL_OF_SYMBOL, LABELS
from ecg.exploration.neighbours import ALL_CLASSES
from ecg.exploration.tables import INTERVAL_BINS, LEFT_OUT
from ecg.signal.kaggle_beat import BEAT_FS

PREMATURE = 0.9
"""A beat is early if its RR interval is less than this share of the median RR interval around it."""
SHAPE_SAMPLES = (0, 6, 12, 24, 48, 72)
"""Samples at which the shape of a beat is described: 0 to 600 ms."""
EARLY_MS, LATE_MS = (100, 300), (500, 1500)
"""Where neighbouring samples are correlated, in ms after the R peak: before and after the first beats end."""


def describe_counts(counts: pd.DataFrame) -> str:
    """Describe the number of beats of each class in each split."""
    rows = counts.set_index(["protocol", "split"])
    tests = counts[counts["split"] == "test"].set_index("protocol")[list(LABELS)]
    floor = (tests["N"] / tests.sum(axis=1)).to_dict()
    sentences = [
        f"A model that always answers N has an accuracy of {floor['intra_patient']:.1%} on the test beats of the random split "
        f"and of {floor['inter_patient']:.1%} on those of DS2: accuracy alone says little."
    ]
    for protocol, title in (("intra_patient", "Random split"), ("inter_patient", "DS1 (train and val) and DS2 (test)")):
        splits = [f"{split} {_counts(row)}" for split, row in rows.loc[protocol].iterrows()]
        sentences.append(f"{title}: {'; '.join(splits)}.")
    if LEFT_OUT in rows.loc["inter_patient"].index:
        sentences.append("The four paced records are left out.")
    return " ".join(sentences)


def describe_quality(quality: pd.DataFrame) -> str:
    """Describe the possible defects of the beats."""
    counts = dict(zip(quality["what"], quality["beats"], strict=True))
    everything = counts.pop("beats")
    tested = counts.pop("in test")
    none = [what for what, count in counts.items() if not count]
    sentences = [f"None of the {everything:,} beats is one of these: {'; '.join(none)}."] if none else []
    for what, count in counts.items():
        of = tested if what.startswith("in test") else everything
        if count:
            sentences.append(f"{what[0].upper()}{what[1:]}: {count:,} of {of:,} beats ({count / of:.1%}).")
    return " ".join(sentences)


def describe_shape(shapes: pd.DataFrame, kind: str, name: str) -> str:
    """Describe the beats of a class or symbol; ``kind`` is ``"class"`` or ``"symbol"``."""
    rows = shapes[(shapes["kind"] == kind) & (shapes["name"] == name)]
    beats = int(rows["beats"].max())
    meaning = AAMI_CLASSES[name].name if kind == "class" else AAMI_CLASSES[LABEL_OF_SYMBOL[name]].symbols[name]
    medians = [
        f"{1000 * row['sample'] / BEAT_FS:.0f} ms: {row['p50']:.2f} ({row['p25']:.2f} to {row['p75']:.2f})"
        for row in rows[rows["sample"].isin(SHAPE_SAMPLES)].to_dict("records")
    ]
    half = rows.loc[rows["beats"] >= beats / 2, "sample"].max()
    return (
        f"{kind.capitalize()} {name}, {meaning}: {beats:,} beats. Median (and interquartile range) at "
        f"{', at '.join(medians)}. Half of the beats last {1000 * (half + 1) / BEAT_FS:.0f} ms or longer."
    )


def symbols_with_too_few_beats(shapes: pd.DataFrame) -> list[str]:
    """List the MIT-BIH symbols that have too few beats for a mean beat."""
    shown = set(shapes.loc[shapes["kind"] == "symbol", "name"])
    return [symbol for symbol in LABEL_OF_SYMBOL if symbol not in shown]


def shape_choices(shapes: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Map labels such as ``"class N (21 beats)"`` to kind and name, for every class and symbol with a mean beat."""
    starts = shapes[shapes["sample"] == 0]
    choices = zip(starts["kind"], starts["name"], starts["beats"], strict=True)
    return {f"{kind} {name} ({beats:,} beats)": (kind, name) for kind, name, beats in choices}


def describe_correlation(correlation: pd.DataFrame) -> str:
    """Describe the correlation of the samples of a beat."""
    values = correlation.drop(columns="sample").to_numpy()
    milliseconds = 1000 * correlation["sample"].to_numpy() / BEAT_FS
    neighbours = pd.Series(values.diagonal(1), index=milliseconds[:-1])
    early, late = (neighbours.loc[start:end].median() for start, end in (EARLY_MS, LATE_MS))
    peak = pd.Series(values[0], index=milliseconds).loc[EARLY_MS[0] :].median()
    return (
        f"Samples {milliseconds[1]:.0f} ms apart correlate with r = {early:.2f} from {EARLY_MS[0]} to {EARLY_MS[1]} ms after "
        f"the R peak, and with r = {late:.2f} from {LATE_MS[0]} ms on (medians). The R peak itself correlates with the "
        f"samples from {EARLY_MS[0]} ms on with r = {peak:.2f}."
    )


def describe_records(records: pd.DataFrame) -> str:
    """Describe which records hold most beats of each class."""
    by_record = records.set_index("record")
    sets = by_record["set"].to_dict()
    sentences = []
    for label in LABELS:
        counts = by_record[label]
        most = [f"{record} ({sets[str(record)]}) {count / counts.sum():.1%}" for record, count in counts.nlargest(2).items()]
        sentences.append(
            f"{label}: {counts.sum():,} beats in {(counts > 0).sum()} of {len(counts)} records, the most in "
            f"{' and '.join(most)}."
        )
    return " ".join(sentences)


def describe_intervals(intervals: pd.DataFrame) -> str:
    """Describe how many beats of each class are early."""
    ratios = intervals[intervals["interval"] == list(INTERVAL_BINS)[1]]
    early = ratios.loc[ratios["to"] <= PREMATURE, list(LABELS)].sum() / ratios[list(LABELS)].sum()
    shares = [f"{share:.1%} of the {label}" for label, share in early.items()]
    return (
        f"Early beats, with an RR interval of less than {PREMATURE} of the median around them: {', '.join(shares)} beats. "
        "Values beyond the axis are counted at its end."
    )


def describe_projection(projection: pd.DataFrame) -> str:
    """Describe how often the nearest point is of the same record and of the same class."""
    x, y = projection[["x", "y"]].to_numpy(np.float32).T
    distance = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2  # (n, n)
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argmin(axis=1)
    same = {by: (projection[by].to_numpy() == projection[by].to_numpy()[nearest]).mean() for by in ("record", "class")}
    chance = {by: (projection[by].value_counts(normalize=True) ** 2).sum() for by in ("record", "class")}
    drawn = ", ".join(f"{count} {label}" for label, count in projection["class"].value_counts()[list(LABELS)].items())
    return (
        f"{len(projection):,} beats, drawn at random: {drawn}. The nearest point is of the same record in "
        f"{same['record']:.0%} of the cases ({chance['record']:.0%} by chance) and of the same class in {same['class']:.0%} "
        f"({chance['class']:.0%} by chance)."
    )


def describe_neighbours(neighbours: pd.DataFrame) -> str:
    """Describe how often the nearest training beat is of the same patient and of the same class."""
    rows = neighbours.set_index("class")
    everyone = rows.loc[ALL_CLASSES]
    classes = [(label, rows.loc[label]) for label in LABELS]
    same = [f"{label} {row['same_patient']:.1%} ({row['chance_within_class']:.1%})" for label, row in classes]
    right = [f"{label} {row['right']:.1%} against {row['right_among_others']:.1%}" for label, row in classes]
    return (
        f"Of {everyone['test_beats']:,.0f} test beats {everyone['same_patient']:.1%} are nearest to a training beat of the "
        f"same patient; a random training beat is of the same patient in {everyone['chance']:.1%} of the cases. By class, "
        f"with a random beat of the same class in brackets: {', '.join(same)}. The class of the nearest training beat is "
        f"correct in {everyone['right']:.1%} of the cases; without the beats of the same patient, in "
        f"{everyone['right_among_others']:.1%}. By class: {', '.join(right)}."
    )


def _counts(row: pd.Series) -> str:
    return ", ".join(f"{label} {row[label]:,}" for label in LABELS)
