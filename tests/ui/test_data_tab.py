"""The tab "The data" in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ecg.errors import InputError
from ecg.exploration.descriptions import describe_shape, shape_choices
from ecg.exploration.sections import SHAPES, sections
from ecg.exploration.tables import read_exploration
from tests.builders import PROJECT
from tests.ui.test_browser import become_a_phone, open_tab
from ui import data_tab

RESULTS = PROJECT / "results"
MOST_CHARACTERS = 300_000
"""Of the JSON of one figure."""


@pytest.fixture
def tab(page: Page) -> Page:
    """The tab on a phone."""
    become_a_phone(page)
    open_tab(page, "The data")
    return page


def test_every_figure_is_drawn_and_told_and_fits_a_phone(tab: Page) -> None:
    for section in sections(read_exploration(RESULTS / "exploration")):
        expect(tab.get_by_role("heading", name=section.title)).to_be_visible()
        for number in range(len(section.figures)):
            expect(tab.locator(f"#data-{section.name}-{number} .main-svg").first).to_be_visible()
        if section is not SHAPES:
            expect(tab.locator(f"#data-{section.name}-words")).to_have_text(section.words)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_symbol_is_chosen_by_keyboard(tab: Page) -> None:
    shapes = read_exploration(RESULTS / "exploration").shapes
    title = next(title for title, chosen in shape_choices(shapes).items() if chosen == ("symbol", "/"))
    choice = tab.get_by_label("Class or symbol")
    choice.focus()
    choice.fill(title)
    tab.keyboard.press("Enter")
    expect(tab.locator("#data-shape-words")).to_have_text(describe_shape(shapes, "symbol", "/"))
    expect(tab.locator("#data-shape .gtitle")).to_contain_text("Symbol /: ")


def test_no_figure_is_heavy() -> None:
    figures = [figure for section in sections(read_exploration(RESULTS / "exploration")) for figure in section.figures]
    assert len(figures) == 9
    assert max(len(figure.to_json()) for figure in figures) < MOST_CHARACTERS


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"exploration lacks counts.csv, .*neighbours.csv. `make eda` writes all tables."):
        data_tab.build(tmp_path)
