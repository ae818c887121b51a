"""What the figures of the exploratory analysis show, in sentences: their text alternative.

All numbers come from the tables.
"""

import numpy as np
import pandas as pd

from ecg.classes import AAMI_CLASSES, LABEL_OF_SYMBOL, LABELS
from ecg.exploration.neighbours import ALL_CLASSES
from ecg.exploration.tables import INTERVAL_BINS, LEFT_OUT
from ecg.signal.kaggle_beat import BEAT_FS

PREMATURE = 0.9
"""A beat that comes after less than this share of the median RR interval around is early."""
TOLD_AT = (0, 6, 12, 24, 48, 72)
"""Samples at which the shape of a beat is told: 0 to 600 ms."""
EARLY, LATE = (100, 300), (500, 1500)
"""Where neighbouring samples are compared, in ms: while all beats are alike in time, and where they end one after another."""


def count_words(counts: pd.DataFrame) -> str:
    """Tell how many beats of each class are in each split.

    Parameters
    ----------
    counts : DataFrame
        From `ecg.exploration.count_table`.

    Returns
    -------
    str
        Sentences.
    """
    rows = counts.set_index(["protocol", "split"])
    tests = counts[counts["split"] == "test"].set_index("protocol")[list(LABELS)]
    floor = (tests["N"] / tests.sum(axis=1)).to_dict()
    sentences = [
        f"Always answering N is right in {floor['intra_patient']:.1%} of the test beats of the random split and in "
        f"{floor['inter_patient']:.1%} of those of DS2: accuracy alone says little."
    ]
    for protocol, title in (("intra_patient", "Random split"), ("inter_patient", "DS1 (train and val) and DS2 (test)")):
        splits = [f"{split} {_counts(row)}" for split, row in rows.loc[protocol].iterrows()]
        sentences.append(f"{title}: {'; '.join(splits)}.")
    if LEFT_OUT in rows.loc["inter_patient"].index:
        sentences.append("Left out are the four paced records.")
    return " ".join(sentences)


def quality_words(quality: pd.DataFrame) -> str:
    """Tell what could be wrong with the beats.

    Parameters
    ----------
    quality : DataFrame
        From `ecg.exploration.quality_table`.

    Returns
    -------
    str
        Sentences.
    """
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


def shape_words(shapes: pd.DataFrame, kind: str, name: str) -> str:
    """Tell what the beats of a class or a symbol look like.

    Parameters
    ----------
    shapes : DataFrame
        From `ecg.exploration.shape_table`.
    kind : str
        ``"class"`` or ``"symbol"``.
    name : str
        Its name.

    Returns
    -------
    str
        Sentences.
    """
    rows = shapes[(shapes["kind"] == kind) & (shapes["name"] == name)]
    beats = int(rows["beats"].max())
    meaning = AAMI_CLASSES[name].name if kind == "class" else AAMI_CLASSES[LABEL_OF_SYMBOL[name]].symbols[name]
    told = [
        f"{1000 * row['sample'] / BEAT_FS:.0f} ms: {row['p50']:.2f} ({row['p25']:.2f} to {row['p75']:.2f})"
        for row in rows[rows["sample"].isin(TOLD_AT)].to_dict("records")
    ]
    half = rows.loc[rows["beats"] >= beats / 2, "sample"].max()
    return (
        f"{kind.capitalize()} {name}, {meaning}: {beats:,} beats. Median, and from where to where the middle half lies, at "
        f"{', at '.join(told)}. Half of the beats last {1000 * (half + 1) / BEAT_FS:.0f} ms or longer."
    )


def too_few(shapes: pd.DataFrame) -> list[str]:
    """List the symbols that have too few beats for a mean.

    Parameters
    ----------
    shapes : DataFrame
        From `ecg.exploration.shape_table`.

    Returns
    -------
    list of str
        MIT-BIH symbols.
    """
    shown = set(shapes.loc[shapes["kind"] == "symbol", "name"])
    return [symbol for symbol in LABEL_OF_SYMBOL if symbol not in shown]


def shape_choices(shapes: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """List the classes and symbols of which a mean beat can be shown.

    Parameters
    ----------
    shapes : DataFrame
        From `ecg.exploration.shape_table`.

    Returns
    -------
    dict of str to (str, str)
        Kind and name, by what a person chooses from.
    """
    starts = shapes[shapes["sample"] == 0]
    choices = zip(starts["kind"], starts["name"], starts["beats"], strict=True)
    return {f"{kind} {name} ({beats:,} beats)": (kind, name) for kind, name, beats in choices}


def correlation_words(correlation: pd.DataFrame) -> str:
    """Tell how the samples of a beat hang together.

    Parameters
    ----------
    correlation : DataFrame
        From `ecg.exploration.correlation_table`.

    Returns
    -------
    str
        Sentences.
    """
    values = correlation.drop(columns="sample").to_numpy()
    milliseconds = 1000 * correlation["sample"].to_numpy() / BEAT_FS
    neighbours = pd.Series(values.diagonal(1), index=milliseconds[:-1])
    early, late = (neighbours.loc[start:end].median() for start, end in (EARLY, LATE))
    peak = pd.Series(values[0], index=milliseconds).loc[EARLY[0] :].median()
    return (
        f"Samples {milliseconds[1]:.0f} ms apart correlate with r = {early:.2f} from {EARLY[0]} to {EARLY[1]} ms after the R "
        f"peak, and with r = {late:.2f} from {LATE[0]} ms on (medians). The R peak itself correlates with the samples from "
        f"{EARLY[0]} ms on with r = {peak:.2f}."
    )


def record_words(records: pd.DataFrame) -> str:
    """Tell which records hold the beats of each class.

    Parameters
    ----------
    records : DataFrame
        From `ecg.exploration.record_table`.

    Returns
    -------
    str
        Sentences.
    """
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


def interval_words(intervals: pd.DataFrame) -> str:
    """Tell how early the beats of each class come.

    Parameters
    ----------
    intervals : DataFrame
        From `ecg.exploration.interval_table`.

    Returns
    -------
    str
        Sentences.
    """
    ratios = intervals[intervals["interval"] == list(INTERVAL_BINS)[1]]
    early = ratios.loc[ratios["to"] <= PREMATURE, list(LABELS)].sum() / ratios[list(LABELS)].sum()
    shares = [f"{share:.1%} of the {label}" for label, share in early.items()]
    return (
        f"Early, after less than {PREMATURE} of the median RR interval around, come {', '.join(shares)} beats. "
        "What lies beyond the axis counts at its end."
    )


def projection_words(projection: pd.DataFrame) -> str:
    """Tell whose points lie beside one another.

    Parameters
    ----------
    projection : DataFrame
        From `ecg.exploration.neighbours.projection_table`.

    Returns
    -------
    str
        Sentences.
    """
    x, y = projection[["x", "y"]].to_numpy(np.float32).T
    distance = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2  # (n, n)
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argmin(axis=1)
    same = {by: (projection[by].to_numpy() == projection[by].to_numpy()[nearest]).mean() for by in ("record", "class")}
    chance = {by: (projection[by].value_counts(normalize=True) ** 2).sum() for by in ("record", "class")}
    drawn = ", ".join(f"{count} {label}" for label, count in projection["class"].value_counts()[list(LABELS)].items())
    return (
        f"{len(projection):,} beats, drawn at random: {drawn}. The point beside a point is of the same record in "
        f"{same['record']:.0%} of the cases ({chance['record']:.0%} by chance) and of the same class in {same['class']:.0%} "
        f"({chance['class']:.0%} by chance)."
    )


def neighbour_words(neighbours: pd.DataFrame) -> str:
    """Tell whose beat the nearest training beat is.

    Parameters
    ----------
    neighbours : DataFrame
        From `ecg.exploration.neighbours.neighbour_table`.

    Returns
    -------
    str
        Sentences.
    """
    rows = neighbours.set_index("class")
    everyone = rows.loc[ALL_CLASSES]
    classes = [(label, rows.loc[label]) for label in LABELS]
    same = [f"{label} {row['same_patient']:.1%} ({row['chance_within_class']:.1%})" for label, row in classes]
    right = [f"{label} {row['right']:.1%} against {row['right_among_others']:.1%}" for label, row in classes]
    return (
        f"Of {everyone['test_beats']:,.0f} test beats {everyone['same_patient']:.1%} are nearest to a training beat of the "
        f"same patient; a training beat drawn at random would be in {everyone['chance']:.1%}. By class, in brackets for one "
        f"drawn from the same class: {', '.join(same)}. To answer with the class of the nearest training beat is right in "
        f"{everyone['right']:.1%} of the cases; where the beats of the same patient do not count, in "
        f"{everyone['right_among_others']:.1%}. By class: {', '.join(right)}."
    )


def _counts(row: pd.Series) -> str:
    return ", ".join(f"{label} {row[label]:,}" for label in LABELS)
