"""Plotly figures of the exploratory analysis, drawn from its tables. None of them relies on colour alone."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ecg.classes import AAMI_CLASSES, LABEL_OF_SYMBOL, LABELS
from ecg.data.beat_table import BeatTable
from ecg.exploration.tables import LEFT_OUT, SETS
from ecg.inference.beat_figures import TEXT_COLOUR, styled
from ecg.signal.kaggle_beat import BEAT_FS, BEAT_LENGTH

PROTOCOL_NAMES = {"intra_patient": "random split", "inter_patient": "DS1 / DS2"}
MILLISECONDS = (np.arange(BEAT_LENGTH) * 1000 / BEAT_FS).round(1)
"""Time of each sample from the R peak, in ms."""
LEGEND_BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "traceorder": "normal"}
GOLDEN_ANGLE = 137.508
"""Degrees between two hues: a multiple of it never repeats a hue."""


def colour_of(kind: str, name: str) -> str:
    """Return the colour of a class, or of the class of a symbol; ``kind`` is ``"class"`` or ``"symbol"``."""
    return AAMI_CLASSES[name if kind == "class" else LABEL_OF_SYMBOL[name]].colour


def count_figure(counts: pd.DataFrame) -> go.Figure:
    """Draw the share of each class in each split, one stacked bar for each split."""
    used = counts[counts["split"] != LEFT_OUT]
    bars = (used["protocol"].map(PROTOCOL_NAMES) + ": " + used["split"]).tolist()
    shares = used[list(LABELS)].div(used[list(LABELS)].sum(axis=1), axis=0)
    figure = go.Figure()
    for label in LABELS:
        figure.add_bar(
            name=label,
            y=bars,
            x=shares[label].round(5).tolist(),
            customdata=used[label].tolist(),
            orientation="h",
            marker={"color": AAMI_CLASSES[label].colour},
            hovertemplate=f"%{{y}}: %{{customdata:,}} {label} (%{{x:.1%}})<extra></extra>",
        )
    figure.update_layout(barmode="stack", legend=LEGEND_BELOW)
    figure.update_xaxes(title="share of the beats", range=[0, 1], tickformat=".0%")
    figure.update_yaxes(autorange="reversed")
    return styled(figure, "Classes in each split")


def shape_figure(shapes: pd.DataFrame, kind: str, name: str) -> go.Figure:
    """Draw the mean beat of a class or symbol, from `ecg.exploration.tables.shape_table`.

    The bands reach from the 5th to the 95th and from the 25th to the 75th percentile. Further lines are the median, and the
    share of the beats that reach each sample. ``kind`` is ``"class"`` or ``"symbol"``.
    """
    rows = shapes[(shapes["kind"] == kind) & (shapes["name"] == name)]
    colour = colour_of(kind, name)
    there = (MILLISECONDS[rows["sample"]]).tolist()
    figure = go.Figure()
    for low, high, opacity in (("p5", "p95", 0.2), ("p25", "p75", 0.4)):
        figure.add_scatter(
            x=there + there[::-1],
            y=rows[low].tolist() + rows[high].tolist()[::-1],
            fill="toself",
            fillcolor=colour,
            opacity=opacity,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            name=f"{low[1:]} to {high[1:]} %",
        )
    lasting = (rows["beats"] / rows["beats"].max()).round(4)
    for title, values, line in (
        ("median", rows["p50"], {"color": colour, "width": 2}),
        ("mean", rows["mean"], {"color": TEXT_COLOUR, "width": 1.5, "dash": "dash"}),
        ("share of beats that last so long", lasting, {"color": TEXT_COLOUR, "width": 1, "dash": "dot"}),
    ):
        hover = f"{title} at %{{x:.0f}} ms: %{{y:.3f}}<extra></extra>"
        figure.add_scatter(x=there, y=values.tolist(), mode="lines", name=title, line=line, hovertemplate=hover)
    figure.update_layout(legend=LEGEND_BELOW)
    figure.update_xaxes(title="time from the R peak (ms)", range=[0, float(MILLISECONDS[-1])])
    figure.update_yaxes(title="amplitude (scaled to 0..1)", range=[-0.02, 1.02])
    return styled(figure, f"{kind.capitalize()} {name}: {rows['beats'].max():,} beats").update_layout(height=420)


def example_figure(beat_table: BeatTable, label: str, rows: np.ndarray) -> go.Figure:
    """Draw single beats of a class, given by their positions. They belong to the database: do not publish such a figure."""
    figure = go.Figure()
    for row in rows:
        figure.add_scatter(
            x=MILLISECONDS.tolist(),
            y=beat_table.beats[row].astype(float).round(3).tolist(),
            mode="lines",
            line={"color": AAMI_CLASSES[label].colour, "width": 1.5},
            opacity=0.7,
            name=f"record {beat_table.records[row]}",
        )
    figure.update_layout(showlegend=False)
    figure.update_xaxes(title="time from the R peak (ms)")
    figure.update_yaxes(title="amplitude (scaled to 0..1)")
    return styled(figure, f"Class {label}: {len(rows)} beats")


def correlation_figure(correlation: pd.DataFrame) -> go.Figure:
    """Draw the correlation of the samples of a beat with one another, as a heatmap over time."""
    times = MILLISECONDS[correlation["sample"]].round().tolist()
    values = correlation.drop(columns="sample").to_numpy()
    heatmap = go.Heatmap(
        x=times,
        y=times,
        z=values.tolist(),
        zmin=-1,
        zmax=1,
        colorscale="RdBu_r",
        colorbar={"title": "r", "thickness": 12},
        hovertemplate="%{x} ms and %{y} ms: r = %{z:.2f}<extra></extra>",
    )
    figure = go.Figure(heatmap)
    figure.update_xaxes(title="time from the R peak (ms)")
    figure.update_yaxes(title="time from the R peak (ms)", autorange="reversed")
    return styled(figure, "Correlation of the samples").update_layout(height=440)


def record_figure(records: pd.DataFrame) -> go.Figure:
    """Draw the number of beats of each class in each record as a heatmap with logarithmic colours; 0 is an empty cell."""
    counts = records[list(LABELS)].to_numpy()
    logarithms = np.log10(np.maximum(counts, 1)).round(3)
    heatmap = go.Heatmap(
        x=list(LABELS),
        y=(records["set"] + " " + records["record"]).tolist(),
        z=np.where(counts == 0, np.nan, logarithms).tolist(),
        customdata=counts.tolist(),
        colorscale="Viridis",
        colorbar={"title": "beats", "thickness": 12, "tickvals": [0, 1, 2, 3], "ticktext": ["1", "10", "100", "1,000"]},
        hovertemplate="%{y}: %{customdata:,} beats of class %{x}<extra></extra>",
        xgap=1,
        ygap=1,
    )
    figure = go.Figure(heatmap)
    ends = np.cumsum([len(record_names) for record_names in SETS.values()])[:-1]
    for end in ends:
        figure.add_hline(y=float(end) - 0.5, line={"color": TEXT_COLOUR, "width": 2})
    figure.update_yaxes(autorange="reversed", dtick=1)
    figure.update_xaxes(side="top")
    return styled(figure, "").update_layout(height=900, margin={"t": 40, "b": 20})


def interval_figure(intervals: pd.DataFrame, interval: str) -> go.Figure:
    """Draw the distribution of an RR interval in each class, from `ecg.exploration.tables.interval_table`."""
    rows = intervals[intervals["interval"] == interval]
    middles = ((rows["from"] + rows["to"]) / 2).round(4).tolist()
    figure = go.Figure()
    for label in LABELS:
        figure.add_scatter(
            x=middles,
            y=(rows[label] / max(rows[label].sum(), 1)).round(5).tolist(),
            name=label,
            mode="lines",
            line={"color": AAMI_CLASSES[label].colour, "shape": "hvh", "width": 2},
            hovertemplate=f"%{{x:.3f}}: %{{y:.1%}} of the {label} beats<extra></extra>",
        )
    figure.update_layout(legend=LEGEND_BELOW)
    figure.update_xaxes(title=interval)
    figure.update_yaxes(title="share of the class", tickformat=".0%", rangemode="tozero")
    return styled(figure, interval)


def projection_figure(projection: pd.DataFrame, by: str) -> go.Figure:
    """Draw the t-SNE projection of beats, coloured by ``"class"`` or by ``"record"``. The axes have no meaning."""
    figure = go.Figure()
    names = list(LABELS) if by == "class" else sorted(projection["record"].unique())
    for number, name in enumerate(names):
        rows = projection[projection[by] == name]
        colour = AAMI_CLASSES[name].colour if by == "class" else f"hsl({number * GOLDEN_ANGLE % 360:.0f},65%,50%)"
        figure.add_scatter(
            x=rows["x"].tolist(),
            y=rows["y"].tolist(),
            customdata=rows["record" if by == "class" else "class"].tolist(),
            name=name,
            mode="markers",
            marker={"color": colour, "size": 4, "opacity": 0.8},
            hovertemplate=f"{by} {name}, {'record' if by == 'class' else 'class'} %{{customdata}}<extra></extra>",
        )
    figure.update_layout(showlegend=by == "class", legend=LEGEND_BELOW | {"itemsizing": "constant"})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    margin = {"l": 10, "r": 10, "t": 50, "b": 50}
    return styled(figure, f"Coloured by {by}").update_layout(height=460, margin=margin)


def neighbour_figure(neighbours: pd.DataFrame, titles: dict[str, str], title: str) -> go.Figure:
    """Draw two shares of the test beats for each class and for all beats.

    Parameters
    ----------
    neighbours : DataFrame
        From `ecg.exploration.neighbours.neighbour_table`.
    titles : dict of str to str
        Legend of each of the two columns. The first has filled bars, the second hatched ones.
    title : str
        Title of the figure.
    """
    colours = [AAMI_CLASSES[name].colour if name in AAMI_CLASSES else TEXT_COLOUR for name in neighbours["class"]]
    figure = go.Figure()
    for (column, legend), pattern in zip(titles.items(), ("", "/"), strict=True):
        figure.add_bar(
            name=legend,
            x=neighbours["class"].tolist(),
            y=neighbours[column].tolist(),
            marker={"color": colours, "pattern": {"shape": pattern, "fillmode": "replace"}},
            hovertemplate=f"%{{x}}: %{{y:.1%}}, {legend}<extra></extra>",
        )
    figure.update_layout(barmode="group", legend=LEGEND_BELOW)
    figure.update_yaxes(title="share of the test beats", range=[0, 1], tickformat=".0%")
    return styled(figure, title)
