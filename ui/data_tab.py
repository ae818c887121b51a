"""The tab "The data": the exploratory analysis."""

from functools import partial
from pathlib import Path

import gradio as gr
import plotly.graph_objects as go

from ecg.classes import LABELS
from ecg.exploration.descriptions import describe_shape, shape_choices, symbols_with_too_few_beats
from ecg.exploration.figures import shape_figure
from ecg.exploration.sections import SHAPES, Section, sections
from ecg.exploration.tables import Exploration, read_exploration
from ui.listeners import PRIVATE_MINIMAL

INTRODUCTION = """The {beats:,} heartbeats of the MIT-BIH Arrhythmia Database, cut as in the Kaggle "Heartbeat" set. The
tab shows counts, averages and percentiles. `make eda` computes them again from the records, and its report also shows single
beats."""


def build(results: Path) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    results : Path
        The folder of the results; ``exploration/`` has the tables.

    Raises
    ------
    InputError
        If a table is missing.
    """
    exploration = read_exploration(results / "exploration")
    gr.Markdown(INTRODUCTION.format(beats=exploration.records[list(LABELS)].sum().sum()))
    for section in sections(exploration):
        gr.Markdown(f"## {section.title}\n{section.why}")
        if section is SHAPES:
            _add_shapes(exploration)
        else:
            _add_figures(section)


def _add_figures(section: Section) -> None:
    with gr.Row(visible=bool(section.figures)):
        for number, figure in enumerate(section.figures):
            with gr.Column(min_width=320):
                gr.Plot(figure, show_label=False, elem_id=f"data-{section.name}-{number}")
    gr.Markdown(section.words, elem_id=f"data-{section.name}-words")


def _add_shapes(exploration: Exploration) -> None:
    choices = shape_choices(exploration.shapes)
    first = next(iter(choices))
    show = partial(_show_shape, exploration, choices)
    figure, words = show(first)
    missing = ", ".join(symbols_with_too_few_beats(exploration.shapes))
    information = f"Too few beats for a mean have the symbols {missing}." if missing else None
    choice = gr.Dropdown(list(choices), value=first, label="Class or symbol", info=information, elem_id="data-shape-choice")
    plot = gr.Plot(figure, show_label=False, elem_id="data-shape")
    text = gr.Markdown(words, elem_id="data-shape-words")
    choice.change(show, choice, [plot, text], **PRIVATE_MINIMAL)


def _show_shape(exploration: Exploration, choices: dict[str, tuple[str, str]], choice: str) -> tuple[go.Figure, str]:
    kind, name = choices[choice]
    return shape_figure(exploration.shapes, kind, name), describe_shape(exploration.shapes, kind, name)
