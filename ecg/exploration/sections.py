"""The sections of the exploratory analysis, for the demo and the report: question, explanation, description and figures."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from ecg.exploration import descriptions, figures
from ecg.exploration.tables import INTERVAL_BINS, Exploration


@dataclass(frozen=True)
class Section:
    """A section of the analysis.

    Attributes
    ----------
    name : str
        Short name, used as an id.
    title : str
        Heading.
    why : str
        What is shown and why it matters.
    words : str
        What the figures show, with numbers: their text alternative.
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
    "starts at the R peak and ends a fifth into the next beat. So it holds neither the P wave nor the RR interval before it, "
    "which distinguish a supraventricular beat. Each beat is scaled to 0..1 by itself. Its zero padding is left out here.",
    "",
    (),
)
"""The section of the mean beats. It has no figures of its own: there are too many to show at once."""


def sections(exploration: Exploration) -> list[Section]:
    """Return all sections of the analysis in reading order."""
    return [
        Section(
            "counts",
            "How many beats of each class?",
            "Most beats are normal, so a model that always answers N has a high accuracy but a low macro-F1. The random "
            "split keeps the shares of the classes; in DS1 and DS2 they differ.",
            descriptions.describe_counts(exploration.counts),
            (figures.count_figure(exploration.counts),),
        ),
        Section(
            "quality",
            "Are values missing or beats duplicated?",
            "A model could memorise a test beat that equals a training beat. Beats also overlap: each reaches a fifth into "
            "the next, and a random split often puts one into training and the other into test.",
            descriptions.describe_quality(exploration.quality),
            (),
        ),
        SHAPES,
        Section(
            "correlation",
            "How redundant are the samples?",
            "Where neighbouring samples are highly correlated, a model loses little by reading several in one step. The "
            "light band beside the diagonal is the QRS complex of the next beat, whose time varies. Each beat is scaled by "
            "its own minimum and maximum, so the first sample is low where a later one is high.",
            descriptions.describe_correlation(exploration.correlation),
            (figures.correlation_figure(exploration.correlation),),
        ),
        Section(
            "records",
            "Which records hold the beats of each class?",
            "A few records hold most of the rare beats. A model learns such a class from one or two patients, and is tested "
            "on it with one or two. Inter-patient results depend on whether these patients are in training or in test.",
            descriptions.describe_records(exploration.records),
            (figures.record_figure(exploration.records),),
        ),
        Section(
            "intervals",
            "How early are the beats of each class?",
            "A premature beat follows a shorter RR interval than the beats around it. The context beat includes this "
            "interval; the Kaggle beat does not. Where most beats are premature, as in record 232, the median interval is "
            "that of a premature beat, and the ratio to it is uninformative.",
            descriptions.describe_intervals(exploration.intervals),
            tuple(figures.interval_figure(exploration.intervals, interval) for interval in INTERVAL_BINS),
        ),
        Section(
            "projection",
            "Are beats similar by class or by patient?",
            "Each point is a beat; similar beats are close (20 principal components, then t-SNE; distances between clusters "
            "mean nothing). The same points are coloured by class and by record. Most clusters of one class are clusters of "
            "one record: the beats are similar because they are of one patient.",
            descriptions.describe_projection(exploration.projection),
            tuple(figures.projection_figure(exploration.projection, by) for by in ("class", "record")),
        ),
        Section(
            "neighbours",
            "Why does a random split give higher scores?",
            "For each test beat of the random split, the nearest training beat (Euclidean distance of the 187 values) is "
            "mostly one of the same patient, so it is enough to recognise the patient. Without the beats of that patient, as "
            "in an inter-patient test, the nearest beat is of a wrong class much more often.",
            descriptions.describe_neighbours(exploration.neighbours),
            _neighbour_figures(exploration.neighbours),
        ),
    ]


def _neighbour_figures(neighbours: pd.DataFrame) -> tuple[go.Figure, go.Figure]:
    whose = {"same_patient": "nearest beat is of the same patient", "chance_within_class": "by chance, within the class"}
    right = {"right": "nearest of all beats", "right_among_others": "nearest of other patients' beats"}
    return (
        figures.neighbour_figure(neighbours, whose, "Is the nearest beat of the same patient?"),
        figures.neighbour_figure(neighbours, right, "Is the nearest beat of the right class?"),
    )
