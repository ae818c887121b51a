"""Plotly figures for the demo. Their colours are readable on a light and on a dark page."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from ecg.classes import AAMI_CLASSES
from ecg.signal.kaggle_beat import BEAT_FS, BEAT_LENGTH

INK = "#7f7f7f"
"""Text, where no style sheet sets it: about the same contrast to white and to black."""
TRACE = "#3b8ee0"
AXIS = {"gridcolor": "rgba(127,127,127,0.25)", "zerolinecolor": "rgba(127,127,127,0.4)", "automargin": True}
ON_ANY_PAGE = go.layout.Template(
    layout={
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": INK},
        "title": {"font": {"size": 15}},
        "margin": {"l": 80, "r": 20, "t": 60, "b": 60},
        "xaxis": AXIS,
        "yaxis": AXIS,
    }
)
"""The look of every figure, on a light and on a dark page."""
SHADE = [[0, "rgba(230,159,0,0)"], [1, "rgba(230,159,0,0.75)"]]
"""Where a model looks: from nothing to orange, which both pages and the line bear."""


def beat_figure(beat: np.ndarray, title: str, importance: np.ndarray) -> go.Figure:
    """Draw a beat on a time axis, over a shade that is the stronger, the more a model's answer hangs on the place.

    Parameters
    ----------
    beat : ndarray, shape (187,)
        A Kaggle beat at 120 Hz.
    title : str
        What is drawn.
    importance : ndarray, shape (187,)
        Of one model, from `ecg.inference.occlusion.occlusion`. Where it is negative there is no shade.

    Returns
    -------
    plotly.graph_objects.Figure
        The figure; its time axis is in milliseconds from the R peak.
    """
    milliseconds = np.arange(BEAT_LENGTH) * 1000 / BEAT_FS
    shade = go.Heatmap(
        x=milliseconds.round(1).tolist(),
        y=[0.5],
        dy=1.1,
        z=[importance.clip(min=0).round(3).tolist()],
        colorscale=SHADE,
        showscale=False,
        hoverinfo="skip",
    )
    line = go.Scatter(
        x=milliseconds.round(1).tolist(),
        y=beat.astype(float).round(4).tolist(),
        customdata=importance.round(2).tolist(),
        mode="lines",
        line={"color": TRACE, "width": 2.5},
        hovertemplate="%{x:.0f} ms: %{y:.3f}<br>covered, the log-odds fall by %{customdata:.1f}<extra></extra>",
    )
    figure = go.Figure([shade, line])
    figure.update_xaxes(title="time from the R peak (ms)")
    figure.update_yaxes(title="amplitude (scaled to 0..1)", range=[-0.05, 1.05])
    return on_any_page(figure, title).update_layout(height=420)


def probability_figure(answers: dict[str, dict[str, Any]], titles: dict[str, str]) -> go.Figure:
    """Draw what each model says of a beat, one bar a model.

    Parameters
    ----------
    answers : dict of str to dict
        From `ecg.inference.classifier.classify`.
    titles : dict of str to str
        What people call the models.

    Returns
    -------
    plotly.graph_objects.Figure
        Bars stacked from the probabilities of the classes.
    """
    figure = go.Figure()
    for label, heartbeat_class in AAMI_CLASSES.items():
        figure.add_bar(
            name=f"{label}: {heartbeat_class.name}",
            y=[titles[name] for name in answers],
            x=[answer["probabilities"][label] for answer in answers.values()],
            orientation="h",
            marker={"color": heartbeat_class.colour},
            hovertemplate=f"%{{y}}: {label} with probability %{{x:.3f}}<extra></extra>",
        )
    figure.update_layout(barmode="stack", legend={"orientation": "h", "y": -0.3, "traceorder": "normal"})
    figure.update_xaxes(title="probability", range=[0, 1])
    figure.update_yaxes(autorange="reversed")
    return on_any_page(figure, "What each model says").update_layout(height=420)


def on_any_page(figure: go.Figure, title: str) -> go.Figure:
    """Give a figure a title and colours that are readable on a light and on a dark page.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        The figure; it is changed in place.
    title : str
        Its title.

    Returns
    -------
    plotly.graph_objects.Figure
        The same figure.
    """
    figure.update_layout(title=title, template=ON_ANY_PAGE, height=360)
    return figure
