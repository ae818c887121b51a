"""Plotly figures of the exploratory analysis. They need its tables only, and none of them an explanation by colour alone."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ecg.classes import AAMI_CLASSES, LABEL_OF_SYMBOL, LABELS
from ecg.data.beat_table import BeatTable
from ecg.exploration.tables import LEFT_OUT, SETS
from ecg.inference.beat_figures import INK, on_any_page
from ecg.signal.kaggle_beat import BEAT_FS, BEAT_LENGTH

PROTOCOL_NAMES = {"intra_patient": "random split", "inter_patient": "DS1 / DS2"}
MILLISECONDS = (np.arange(BEAT_LENGTH) * 1000 / BEAT_FS).round(1)
"""Time of each sample from the R peak."""
LEGEND_BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "traceorder": "normal"}
GOLDEN_ANGLE = 137.508
"""Degrees: hues that far apart are all different."""


def colour_of(kind: str, name: str) -> str:
    """Return the colour of a class, or of the class of a symbol.

    Parameters
    ----------
    kind : str
        ``"class"`` or ``"symbol"``.
    name : str
        Its name.

    Returns
    -------
    str
        The colour.
    """
    return AAMI_CLASSES[name if kind == "class" else LABEL_OF_SYMBOL[name]].colour


def count_figure(counts: pd.DataFrame) -> go.Figure:
    """Draw the share of each class in each split.

    Parameters
    ----------
    counts : DataFrame
        From `ecg.exploration.count_table`.

    Returns
    -------
    plotly.graph_objects.Figure
        One stacked bar a split.
    """
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
    return on_any_page(figure, "Classes in each split")


def shape_figure(shapes: pd.DataFrame, kind: str, name: str) -> go.Figure:
    """Draw the mean beat of a class or a symbol, and how far its beats differ.

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
    plotly.graph_objects.Figure
        Bands from the 5th to the 95th and from the 25th to the 75th percentile, median, mean, and the share of the beats that
        last so long.
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
        ("mean", rows["mean"], {"color": INK, "width": 1.5, "dash": "dash"}),
        ("share of beats that last so long", lasting, {"color": INK, "width": 1, "dash": "dot"}),
    ):
        hover = f"{title} at %{{x:.0f}} ms: %{{y:.3f}}<extra></extra>"
        figure.add_scatter(x=there, y=values.tolist(), mode="lines", name=title, line=line, hovertemplate=hover)
    figure.update_layout(legend=LEGEND_BELOW)
    figure.update_xaxes(title="time from the R peak (ms)", range=[0, float(MILLISECONDS[-1])])
    figure.update_yaxes(title="amplitude (scaled to 0..1)", range=[-0.02, 1.02])
    return on_any_page(figure, f"{kind.capitalize()} {name}: {rows['beats'].max():,} beats").update_layout(height=420)


def example_figure(beat_table: BeatTable, label: str, rows: np.ndarray) -> go.Figure:
    """Draw single beats. They belong to the database: such a figure is not for publishing.

    Parameters
    ----------
    beat_table : BeatTable
        All beats.
    label : str
        Class of the beats.
    rows : ndarray of int
        Positions of the beats.

    Returns
    -------
    plotly.graph_objects.Figure
        One line a beat.
    """
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
    return on_any_page(figure, f"Class {label}: {len(rows)} beats")


def correlation_figure(correlation: pd.DataFrame) -> go.Figure:
    """Draw how the samples of a beat hang together.

    Parameters
    ----------
    correlation : DataFrame
        From `ecg.exploration.correlation_table`.

    Returns
    -------
    plotly.graph_objects.Figure
        A heatmap over time and time.
    """
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
    return on_any_page(figure, "Correlation of the samples").update_layout(height=440)


def record_figure(records: pd.DataFrame) -> go.Figure:
    """Draw how many beats of each class each record holds.

    Parameters
    ----------
    records : DataFrame
        From `ecg.exploration.record_table`.

    Returns
    -------
    plotly.graph_objects.Figure
        A heatmap with a logarithmic colour; a cell without a beat is empty.
    """
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
        figure.add_hline(y=float(end) - 0.5, line={"color": INK, "width": 2})
    figure.update_yaxes(autorange="reversed", dtick=1)
    figure.update_xaxes(side="top")
    return on_any_page(figure, "").update_layout(height=900, margin={"t": 40, "b": 20})


def interval_figure(intervals: pd.DataFrame, interval: str) -> go.Figure:
    """Draw how an RR interval is distributed in each class.

    Parameters
    ----------
    intervals : DataFrame
        From `ecg.exploration.interval_table`.
    interval : str
        Which one.

    Returns
    -------
    plotly.graph_objects.Figure
        One line a class: the share of its beats in each bin.
    """
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
    return on_any_page(figure, interval)


def projection_figure(projection: pd.DataFrame, by: str) -> go.Figure:
    """Draw beats as points, like ones close together.

    Parameters
    ----------
    projection : DataFrame
        From `ecg.exploration.neighbours.projection_table`.
    by : str
        What gives a point its colour: ``"class"`` or ``"record"``.

    Returns
    -------
    plotly.graph_objects.Figure
        A scatter plot; the axes have no meaning.
    """
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
    return on_any_page(figure, f"Coloured by {by}").update_layout(height=460, margin=margin)


def neighbour_figure(neighbours: pd.DataFrame, titles: dict[str, str], title: str) -> go.Figure:
    """Draw two shares of the test beats of each class beside one another.

    Parameters
    ----------
    neighbours : DataFrame
        From `ecg.exploration.neighbours.neighbour_table`.
    titles : dict of str to str
        The two columns, and what the legend calls them.
    title : str
        What is drawn.

    Returns
    -------
    plotly.graph_objects.Figure
        Two bars a class, and two for all of them: the first filled, the second only hatched.
    """
    colours = [AAMI_CLASSES[name].colour if name in AAMI_CLASSES else INK for name in neighbours["class"]]
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
    return on_any_page(figure, title)
