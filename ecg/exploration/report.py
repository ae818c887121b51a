"""Write the exploratory analysis: tables, plots and one HTML page that loads nothing else.

The tables hold averages, percentiles and counts, and may be published. Plots and page also show single beats, which belong to
the database: do not publish them.
"""

from html import escape
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from ecg.atomic_files import write_atomically
from ecg.classes import AAMI_CLASSES, LABELS
from ecg.data.beat_table import BeatTable
from ecg.exploration.descriptions import describe_shape, shape_choices, symbols_with_too_few_beats
from ecg.exploration.figures import example_figure, shape_figure
from ecg.exploration.plots import draw_examples, draw_exploration
from ecg.exploration.sections import SHAPES, Section, sections
from ecg.exploration.tables import Exploration, explore

EXAMPLES = 6
"""Number of single beats shown for each class."""
EXAMPLE_SEED = 0
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 0 auto; padding: 1rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 1rem; }
figure { margin: 0; min-width: 0; }
figcaption { font-size: 0.9em; }
.gtitle, .xtitle, .ytitle, .legendtext, .xtick text, .ytick text { fill: CanvasText !important; }
"""


def write_exploration(beat_table: BeatTable, tables: Path, out: Path) -> None:
    """Write tables, plots and report.

    Parameters
    ----------
    beat_table : BeatTable
        The beats, in the order of the records and of time.
    tables : Path
        Folder of the tables, which may be published.
    out : Path
        Folder of the plots and the report, which show single beats.
    """
    exploration = explore(beat_table)
    exploration.write(tables)
    out.mkdir(parents=True, exist_ok=True)
    examples = choose_examples(beat_table)
    draw_exploration(exploration, out)
    draw_examples(beat_table, examples, out / "examples.png")
    write_atomically(out / "report.html", report(exploration, beat_table, examples))


def choose_examples(beat_table: BeatTable) -> dict[str, np.ndarray]:
    """Choose random beats of each class; return their positions by class."""
    generator = np.random.default_rng(EXAMPLE_SEED)
    positions = {label: np.flatnonzero(beat_table.labels == index) for index, label in enumerate(LABELS)}
    return {label: generator.permutation(rows)[:EXAMPLES] for label, rows in positions.items() if len(rows)}


def report(exploration: Exploration, beat_table: BeatTable, examples: dict[str, np.ndarray]) -> str:
    """Return the analysis as one HTML page that loads nothing else."""
    parts = []
    for section in sections(exploration):
        parts.append(_heading(section))
        if section is SHAPES:
            parts.append(_shapes(exploration))
            parts.append(_examples(beat_table, examples))
        else:
            parts.append(_figures([(figure, "") for figure in section.figures]))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>The data</title>\n<style>{STYLE}</style>\n<script>{get_plotlyjs()}</script>\n</head>\n<body>\n<main>\n"
        "<h1>The data: the heartbeats of the MIT-BIH Arrhythmia Database</h1>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _heading(section: Section) -> str:
    words = f"<p>{escape(section.words)}</p>" if section.words else ""
    return f'<h2 id="{section.name}">{escape(section.title)}</h2>\n<p>{escape(section.why)}</p>\n{words}'


def _shapes(exploration: Exploration) -> str:
    missing = " ".join(symbols_with_too_few_beats(exploration.shapes)) or "none"
    chosen = shape_choices(exploration.shapes).values()
    drawn = [
        (shape_figure(exploration.shapes, kind, name), describe_shape(exploration.shapes, kind, name)) for kind, name in chosen
    ]
    return _figures(drawn) + f"<p>Symbols with too few beats for a mean: {escape(missing)}.</p>"


def _examples(beat_table: BeatTable, examples: dict[str, np.ndarray]) -> str:
    drawn = []
    for label, rows in examples.items():
        of_records = ", ".join(beat_table.records[rows].tolist())
        words = f"{len(rows)} beats of class {label} ({AAMI_CLASSES[label].name}), drawn at random, of records {of_records}."
        drawn.append((example_figure(beat_table, label, rows), words))
    return (
        "<h3>Single beats</h3>\n<p>They belong to the database; please do not publish them with this page.</p>\n"
        + _figures(drawn)
    )


def _figures(drawn: list[tuple[go.Figure, str]]) -> str:
    parts = []
    for figure, words in drawn:
        plot = figure.to_html(full_html=False, include_plotlyjs=False, config={"displaylogo": False, "responsive": True})
        parts.append(f"<figure>{plot}<figcaption>{escape(words)}</figcaption></figure>")
    return f'<div class="figures">{"".join(parts)}</div>' if parts else ""
