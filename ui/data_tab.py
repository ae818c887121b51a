"""The tab that shows what the data are like, from the tables of the exploratory analysis."""

from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import plotly.graph_objects as go

from ecg.classes import LABELS
from ecg.exploration.figures import shape_figure
from ecg.exploration.sections import SHAPES, Section, sections
from ecg.exploration.tables import Exploration, read_exploration
from ecg.exploration.text import shape_choices, shape_words, too_few

INTRODUCTION = """The {beats:,} heartbeats of the MIT-BIH Arrhythmia Database, cut as in the Kaggle "Heartbeat" set. What is
shown are counts, averages and percentiles; `make eda` works them out anew from the records, and its report shows single beats
too."""


def build(results: Path) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    results : Path
        The folder of the measured results, with ``exploration/`` in it.

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
    missing = ", ".join(too_few(exploration.shapes))
    information = f"Too few beats for a mean have the symbols {missing}." if missing else None
    choice = gr.Dropdown(list(choices), value=first, label="Class or symbol", info=information, elem_id="data-shape-choice")
    plot = gr.Plot(figure, show_label=False, elem_id="data-shape")
    told = gr.Markdown(words, elem_id="data-shape-words")
    # the name of this listener is no endpoint for programs, and must not take the name of one
    private: dict[str, Any] = {"api_visibility": "private", "api_name": "data_tab_shape", "show_progress": "minimal"}
    choice.change(show, choice, [plot, told], **private)


def _show_shape(exploration: Exploration, choices: dict[str, tuple[str, str]], choice: str) -> tuple[go.Figure, str]:
    kind, name = choices[choice]
    return shape_figure(exploration.shapes, kind, name), shape_words(exploration.shapes, kind, name)
