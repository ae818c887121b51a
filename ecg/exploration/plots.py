"""Static plots of the exploratory analysis, with Seaborn and Matplotlib."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from ecg.classes import AAMI_CLASSES, LABELS
from ecg.data.beat_table import BeatTable
from ecg.exploration.descriptions import shape_choices
from ecg.exploration.figures import MILLISECONDS, PROTOCOL_NAMES, colour_of
from ecg.exploration.tables import INTERVAL_BINS, LEFT_OUT, Exploration

mpl.use("Agg")  # drawings go to files; there may be no screen
PALETTE = {label: heartbeat_class.colour for label, heartbeat_class in AAMI_CLASSES.items()}
COLUMNS = 4


def draw_exploration(exploration: Exploration, folder: Path) -> None:
    """Draw all tables as PNG files into an existing folder."""
    drawings = {
        "counts": _draw_counts(exploration.counts),
        "shapes": _draw_shapes(exploration.shapes),
        "correlation": _draw_correlation(exploration.correlation),
        "records": _draw_records(exploration.records),
        "intervals": _draw_intervals(exploration.intervals),
        "projection": _draw_projection(exploration.projection),
        "neighbours": _draw_neighbours(exploration.neighbours),
    }
    for name, figure in drawings.items():
        _save(figure, folder / f"{name}.png")


def draw_examples(beat_table: BeatTable, examples: dict[str, np.ndarray], path: Path) -> None:
    """Draw single beats of each class, given by their positions. They belong to the database: do not publish such a plot."""
    figure, panels = _panels(len(examples), 4)
    for axes, (label, rows) in zip(panels, examples.items(), strict=True):
        axes.plot(MILLISECONDS, beat_table.beats[rows].T, color=PALETTE[label], alpha=0.7)
        axes.set(title=f"class {label}: {len(rows)} beats", xlabel="time from the R peak (ms)")
    _save(figure, path)


def _draw_counts(counts: pd.DataFrame) -> Figure:
    used = counts[counts["split"] != LEFT_OUT].melt(["protocol", "split"], list(LABELS), "class", "beats")
    used["split"] = used["protocol"].map(PROTOCOL_NAMES) + ": " + used["split"]
    figure, axes = plt.subplots(figsize=(10, 5), layout="constrained")
    sns.barplot(used, x="split", y="beats", hue="class", palette=PALETTE, ax=axes)
    axes.set(yscale="log", xlabel="", title="Beats of each class in each split (logarithmic)")
    return figure


def _draw_shapes(shapes: pd.DataFrame) -> Figure:
    drawn = shape_choices(shapes).values()
    figure, panels = _panels(len(drawn), 3.2)
    for axes, (kind, name) in zip(panels, drawn, strict=True):
        rows = shapes[(shapes["kind"] == kind) & (shapes["name"] == name)]
        colour = colour_of(kind, name)
        times = MILLISECONDS[rows["sample"]]
        axes.fill_between(times, rows["p5"], rows["p95"], color=colour, alpha=0.2, linewidth=0, label="5 to 95 %")
        axes.fill_between(times, rows["p25"], rows["p75"], color=colour, alpha=0.4, linewidth=0, label="25 to 75 %")
        axes.plot(times, rows["p50"], color=colour, label="median")
        axes.plot(times, rows["mean"], color="black", linestyle="--", linewidth=1, label="mean")
        axes.set(title=f"{kind} {name}: {rows['beats'].max():,} beats", xlabel="ms", ylim=(0, 1.02))
    panels[0].legend(fontsize="small")
    return figure


def _draw_correlation(correlation: pd.DataFrame) -> Figure:
    values = correlation.set_index("sample")
    times = MILLISECONDS[values.index].round().astype(int)
    figure, axes = plt.subplots(figsize=(9, 8), layout="constrained")
    sns.heatmap(values.set_axis(times).set_axis(times, axis=1), vmin=-1, vmax=1, cmap="RdBu_r", square=True, ax=axes)
    axes.set(title="Correlation of the samples", xlabel="time from the R peak (ms)", ylabel="time from the R peak (ms)")
    return figure


def _draw_records(records: pd.DataFrame) -> Figure:
    counts = records.set_index(records["set"] + " " + records["record"])[list(LABELS)]
    figure, axes = plt.subplots(figsize=(7, 14), layout="constrained")
    sns.heatmap(counts.mask(counts == 0), norm=LogNorm(1, counts.max().max()), cmap="viridis", annot=counts, fmt=",d", ax=axes)
    axes.set(title="Beats of each class in each record (logarithmic colour)", ylabel="")
    return figure


def _draw_intervals(intervals: pd.DataFrame) -> Figure:
    figure, panels = plt.subplots(1, len(INTERVAL_BINS), figsize=(13, 5), layout="constrained")
    for axes, interval in zip(panels, INTERVAL_BINS, strict=True):
        rows = intervals[intervals["interval"] == interval]
        edges = np.append(rows["from"], rows["to"].iloc[-1])
        for label in LABELS:
            axes.stairs(rows[label] / max(rows[label].sum(), 1), edges, color=PALETTE[label], label=label)
        axes.set(xlabel=interval, ylabel="share of the class")
    panels[0].legend()
    return figure


def _draw_projection(projection: pd.DataFrame) -> Figure:
    figure, panels = plt.subplots(1, 2, figsize=(15, 7.5), layout="constrained")
    palettes = {"class": PALETTE, "record": sns.color_palette("husl", projection["record"].nunique())}
    for axes, (by, palette) in zip(panels, palettes.items(), strict=True):
        order = list(LABELS) if by == "class" else sorted(projection["record"].unique())
        sns.scatterplot(
            projection, x="x", y="y", hue=by, hue_order=order, palette=palette, s=8, linewidth=0, legend=by == "class", ax=axes
        )
        axes.set(title=f"Beats coloured by {by} (t-SNE)", xlabel="", ylabel="", xticks=[], yticks=[])
    return figure


def _draw_neighbours(neighbours: pd.DataFrame) -> Figure:
    titles = {
        ("same_patient", "chance_within_class"): "Is the nearest training beat of the same patient?",
        ("right", "right_among_others"): "Is the nearest training beat of the right class?",
    }
    figure, panels = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    for axes, (columns, title) in zip(panels, titles.items(), strict=True):
        shares = neighbours.melt("class", list(columns), "what", "share of the test beats")
        shares["what"] = shares["what"].str.replace("_", " ")
        sns.barplot(shares, x="class", y="share of the test beats", hue="what", palette="gray", ax=axes)
        sns.move_legend(axes, "upper center", bbox_to_anchor=(0.5, -0.12), ncol=2, title=None)
        axes.set(title=title, ylim=(0, 1.02))
    return figure


def _panels(number: int, size: float) -> tuple[Figure, list[Axes]]:
    rows = -(-number // COLUMNS)
    shape = (size * COLUMNS, size * rows)
    figure, grid = plt.subplots(rows, COLUMNS, figsize=shape, sharey=True, squeeze=False, layout="constrained")
    panels = list(grid.flat)
    for unused in panels[number:]:
        unused.remove()
    return figure, panels[:number]


def _save(figure: Figure, path: Path) -> None:
    # without a date and a version in the file the same figures give the same bytes
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
