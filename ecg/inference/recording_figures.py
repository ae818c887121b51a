"""Plotly figures of a recording. Their colours are readable on a light and on a dark page."""

import numpy as np
import plotly.graph_objects as go

from ecg.classes import AAMI_CLASSES, LABELS
from ecg.inference.beat_figures import SIGNAL_COLOUR, styled
from ecg.inference.downsampling import min_max
from ecg.inference.recording_analysis import Analysis
from ecg.inference.recording_summary import rr_intervals

MOST_SAMPLES = 6000
"""Samples of the strip that are drawn: about three for each pixel of a wide screen."""
MOST_BEATS = 2000
"""Beats of each class that are drawn over the whole recording."""
MOST_LETTERS = 80
"""Beats that get a letter; more letters would overlap."""
SHADE = "rgba(127,127,127,0.3)"


def strip_figure(analysis: Analysis, start: float, seconds: float) -> go.Figure:
    """Draw a stretch of a recording, from ``start`` for ``seconds`` (both in s), with the class of each beat.

    Unreadable stretches are shaded. A ring marks a beat on which the models disagree.
    """
    recording = analysis.recording
    first, last = (int(np.clip(time * recording.fs, 0, len(recording.signal))) for time in (start, start + seconds))
    signal = recording.signal[first:last]
    drawn = min_max(signal, MOST_SAMPLES)
    figure = go.Figure(
        go.Scattergl(
            x=((first + drawn) / recording.fs).round(4).tolist(),
            y=signal[drawn].astype(float).round(4).tolist(),
            mode="lines",
            line={"color": SIGNAL_COLOUR, "width": 1.2},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    inside = np.flatnonzero((analysis.peaks >= first) & (analysis.peaks < last))
    for index, label in enumerate(LABELS):
        _add_beats(
            figure, analysis, _thinned(inside[analysis.votes[inside] == index]), label, letters=len(inside) <= MOST_LETTERS
        )
    for begin, end, reason in analysis.quality.stretches():
        if begin < last and end > first:
            figure.add_vrect(max(begin, first) / recording.fs, min(end, last) / recording.fs, fillcolor=SHADE, line_width=0)
            middle = (max(begin, first) + min(end, last)) / 2 / recording.fs
            figure.add_annotation(x=middle, y=1, yref="paper", text=reason, showarrow=False)
    figure.update_xaxes(title="time (s)", range=[first / recording.fs, last / recording.fs])
    figure.update_yaxes(title=f"{recording.lead or 'lead'} ({recording.unit or 'unit not known'})")
    title = f"{recording.name}: {clock(first / recording.fs)} to {clock(last / recording.fs)}"
    return styled(figure, title).update_layout(height=380, legend={"orientation": "h", "y": -0.25})


def tachogram(analysis: Analysis) -> go.Figure:
    """Draw the RR interval before each beat, coloured by class. Long recordings show the extremes of each stretch of time."""
    intervals, votes = rr_intervals(analysis), analysis.votes
    minutes = analysis.seconds / 60
    figure = go.Figure()
    for index, label in enumerate(LABELS):
        beats = np.flatnonzero((votes == index) & np.isfinite(intervals))
        beats = beats[min_max(intervals[beats], MOST_BEATS)]
        if len(beats):
            figure.add_scattergl(
                x=minutes[beats].round(4).tolist(),
                y=intervals[beats].round(3).tolist(),
                mode="markers",
                marker={"color": AAMI_CLASSES[label].colour, "size": 4},
                name=f"{label}: {AAMI_CLASSES[label].name}",
                hovertemplate=f"{label} at %{{x:.2f}} min: RR %{{y:.3f}} s<extra></extra>",
            )
    figure.update_xaxes(title="time (min)", range=[0, analysis.recording.seconds / 60])
    figure.update_yaxes(title="RR interval (s)", rangemode="tozero")
    return styled(figure, "RR tachogram").update_layout(height=340, legend={"orientation": "h", "y": -0.3}, showlegend=True)


def clock(seconds: float) -> str:
    """Format seconds as ``"1:02:03.4"`` or ``"2:03.4"``."""
    minutes, rest = divmod(round(seconds, 1), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def _add_beats(figure: go.Figure, analysis: Analysis, beats: np.ndarray, label: str, letters: bool) -> None:
    if not len(beats):
        return
    doubtful = analysis.disagreement[beats]
    colour = AAMI_CLASSES[label].colour
    figure.add_scattergl(
        x=analysis.seconds[beats].round(3).tolist(),
        y=analysis.recording.signal[analysis.peaks[beats]].astype(float).round(4).tolist(),
        mode="markers+text" if letters else "markers",
        text=[label] * len(beats) if letters else None,
        textposition="top center",
        textfont={"color": colour},
        marker={
            "color": colour,
            "size": 8,
            "symbol": np.where(doubtful, "circle-open", "circle").tolist(),
            "line": {"width": 2, "color": colour},
        },
        name=f"{label}: {AAMI_CLASSES[label].name}",
        hovertemplate=f"{label} at %{{x:.2f}} s<extra></extra>",
    )


def _thinned(beats: np.ndarray) -> np.ndarray:
    return beats[:: -(-len(beats) // MOST_BEATS) or 1]
