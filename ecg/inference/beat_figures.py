"""Plotly figures of one beat. Their colours are readable on a light and on a dark page."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from ecg.classes import AAMI_CLASSES
from ecg.signal.kaggle_beat import BEAT_FS, BEAT_LENGTH

TEXT_COLOUR = "#7f7f7f"
"""Colour of text where no style sheet sets it: it has about the same contrast to white and to black."""
SIGNAL_COLOUR = "#3b8ee0"
AXIS = {"gridcolor": "rgba(127,127,127,0.25)", "zerolinecolor": "rgba(127,127,127,0.4)", "automargin": True}
TEMPLATE = go.layout.Template(
    layout={
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": TEXT_COLOUR},
        "title": {"font": {"size": 15}},
        "margin": {"l": 80, "r": 20, "t": 60, "b": 60},
        "xaxis": AXIS,
        "yaxis": AXIS,
    }
)
"""Layout of every figure, for a light and for a dark page."""
SHADE = [[0, "rgba(230,159,0,0)"], [1, "rgba(230,159,0,0.75)"]]
"""Colour scale of importance: from transparent to orange."""


def beat_figure(beat: np.ndarray, title: str, importance: np.ndarray) -> go.Figure:
    """Draw a Kaggle beat over a shade that shows how important each sample is to a model.

    Parameters
    ----------
    beat : ndarray, shape (187,)
        A Kaggle beat at 120 Hz.
    title : str
        Title of the figure.
    importance : ndarray, shape (187,)
        From `ecg.inference.occlusion.occlusion`. Negative values get no shade.
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
        line={"color": SIGNAL_COLOUR, "width": 2.5},
        hovertemplate="%{x:.0f} ms: %{y:.3f}<br>covered, the log-odds fall by %{customdata:.1f}<extra></extra>",
    )
    figure = go.Figure([shade, line])
    figure.update_xaxes(title="time from the R peak (ms)")
    figure.update_yaxes(title="amplitude (scaled to 0..1)", range=[-0.05, 1.05])
    return styled(figure, title).update_layout(height=420)


def probability_figure(answers: dict[str, dict[str, Any]], titles: dict[str, str]) -> go.Figure:
    """Draw the class probabilities of each model as one stacked bar.

    Parameters
    ----------
    answers : dict of str to dict
        From `ecg.inference.classifier.classify`.
    titles : dict of str to str
        Title of each model.
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
    return styled(figure, "What each model says").update_layout(height=420)


def styled(figure: go.Figure, title: str) -> go.Figure:
    """Give a figure a title and the common layout, in place; return the same figure."""
    figure.update_layout(title=title, template=TEMPLATE, height=360)
    return figure
