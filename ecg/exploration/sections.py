"""The exploratory analysis as it is read: what is shown, why it matters, in words and figures; for the demo and the report."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from ecg.exploration import figures, text
from ecg.exploration.tables import INTERVAL_BINS, Exploration


@dataclass(frozen=True)
class Section:
    """A part of the analysis.

    Attributes
    ----------
    name : str
        Its short name.
    title : str
        Its heading.
    why : str
        What is shown and why it matters.
    words : str
        What the figures show, with the numbers: their text alternative.
    figures : tuple of plotly.graph_objects.Figure
        The figures.
    """

    name: str
    title: str
    why: str
    words: str
    figures: tuple[go.Figure, ...]


SHAPES = Section(
    "shapes",
    "What does a beat of each class look like?",
    "The mean beat of a class or an MIT-BIH symbol, and the bands in which 50 % and 90 % of its beats lie. A Kaggle beat "
    "starts at the R peak and ends a fifth into the next beat, so that it holds neither the P wave nor the RR interval "
    "before, by which one tells a supraventricular beat. Each beat is scaled by itself. Its padding with zeros is left out "
    "here.",
    "",
    (),
)
"""The section of the shapes, of which there are too many to show at once."""


def sections(exploration: Exploration) -> list[Section]:
    """Put the analysis together.

    Parameters
    ----------
    exploration : Exploration
        The tables.

    Returns
    -------
    list of Section
        In the order in which they are read.
    """
    return [
        Section(
            "counts",
            "How many beats of each class?",
            "Most beats are normal, so that a model which always answers N has a high accuracy, and a macro-F1 that gives it"
            " away. The random split keeps the shares of the classes; the records of DS1 and DS2 differ.",
            text.count_words(exploration.counts),
            (figures.count_figure(exploration.counts),),
        ),
        Section(
            "quality",
            "Is anything missing, or there twice?",
            "A test beat that equals a training beat would be answered by heart. Short of that, a beat reaches a fifth into "
            "the next, and a random split often puts the two on different sides.",
            text.quality_words(exploration.quality),
            (),
        ),
        SHAPES,
        Section(
            "correlation",
            "Do the samples repeat one another?",
            "Where neighbouring samples say nearly the same, a model loses little by reading several in one step. The light "
            "band beside the diagonal is the QRS complex of the next beat, which comes sooner or later. Each beat is scaled "
            "by its own lowest and highest value, so that the first sample is low where something behind it is high.",
            text.correlation_words(exploration.correlation),
            (figures.correlation_figure(exploration.correlation),),
        ),
        Section(
            "records",
            "Whose beats are they?",
            "A few records hold most of the rare beats. What is learnt and measured of such a class is learnt and measured "
            "of one or two people, and a test on strangers hangs on which side they stand.",
            text.record_words(exploration.records),
            (figures.record_figure(exploration.records),),
        ),
        Section(
            "intervals",
            "How early do the beats of each class come?",
            "A premature beat comes early for the rhythm around it. The Kaggle beat does not hold that; the beat in context "
            "does. Where early beats are the rule, as in record 232, the median interval is itself that of an early beat, so"
            " that the ratio to it says nothing.",
            text.interval_words(exploration.intervals),
            tuple(figures.interval_figure(exploration.intervals, interval) for interval in INTERVAL_BINS),
        ),
        Section(
            "projection",
            "What makes beats alike: the class or the patient?",
            "Beats as points, like ones close together (20 principal components, then t-SNE; distances between clusters mean"
            " nothing). The same points are coloured twice. Where a class makes a cluster, the cluster is mostly one record:"
            " beats are alike because they are one person's.",
            text.projection_words(exploration.projection),
            tuple(figures.projection_figure(exploration.projection, by) for by in ("class", "record")),
        ),
        Section(
            "neighbours",
            "Why does a random split flatter?",
            "For each test beat of the random split, the training beat nearest to it (Euclidean distance of the 187 values)."
            " Mostly it is one of the same patient, so that it is enough to recognise the patient. Where the beats of that "
            "patient do not count, as of a stranger, the nearest one is much more often of a wrong class.",
            text.neighbour_words(exploration.neighbours),
            _neighbour_figures(exploration.neighbours),
        ),
    ]


def _neighbour_figures(neighbours: pd.DataFrame) -> tuple[go.Figure, go.Figure]:
    whose = {"same_patient": "nearest beat is of the same patient", "chance_within_class": "by chance, within the class"}
    right = {"right": "nearest of all beats", "right_among_others": "nearest of other patients' beats"}
    return (
        figures.neighbour_figure(neighbours, whose, "Whose beat is nearest?"),
        figures.neighbour_figure(neighbours, right, "Is the nearest beat of the right class?"),
    )
