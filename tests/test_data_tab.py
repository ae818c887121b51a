"""The tab "The data" in a real browser, in an app of its own."""

from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from ecg.errors import InputError
from ecg.exploration.sections import SHAPES, sections
from ecg.exploration.tables import read_exploration
from ecg.exploration.words import shape_choices, shape_words
from tests.conftest import PROJECT
from tests.test_browser import ARGUMENTS
from ui import data_tab
from ui.look import CSS, THEME

RESULTS = PROJECT / "results"
MOST_CHARACTERS = 300_000
"""Of the JSON of one figure."""


def compose() -> gr.Blocks:
    with gr.Blocks(title="The data", analytics_enabled=False) as app, gr.Tab("The data"):
        data_tab.build(RESULTS)
    return app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Address of an app that has this tab only."""
    app = compose()
    _, address, _ = app.launch(
        prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", theme=THEME, css=CSS, run_history=False
    )
    yield address
    app.close()


@pytest.fixture
def page(url: str, chromium: str) -> Iterator[Page]:
    """The page on a phone; it fails the test if the page asks another host for anything or prints an error."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 390, "height": 800})
        foreign: list[str] = []
        errors: list[str] = []
        local = (url, "data:", "blob:")
        page.on("request", lambda request: None if request.url.startswith(local) else foreign.append(request.url))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(url)
        expect(page.locator("#data-neighbours-1 .js-plotly-plot")).to_be_visible(timeout=20_000)
        yield page
        browser.close()
    assert not foreign
    assert not errors


def test_every_figure_is_drawn_and_told_and_fits_a_phone(page: Page) -> None:
    for section in sections(read_exploration(RESULTS / "exploration")):
        expect(page.get_by_role("heading", name=section.title)).to_be_visible()
        for number in range(len(section.figures)):
            expect(page.locator(f"#data-{section.name}-{number} .main-svg").first).to_be_visible()
        if section is not SHAPES:
            expect(page.locator(f"#data-{section.name}-words")).to_have_text(section.words)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_symbol_is_chosen_by_keyboard(page: Page) -> None:
    shapes = read_exploration(RESULTS / "exploration").shapes
    title = next(title for title, chosen in shape_choices(shapes).items() if chosen == ("symbol", "/"))
    choice = page.get_by_label("Class or symbol")
    choice.focus()
    choice.fill(title)
    page.keyboard.press("Enter")
    expect(page.locator("#data-shape-words")).to_have_text(shape_words(shapes, "symbol", "/"))
    expect(page.locator("#data-shape .gtitle")).to_contain_text("Symbol /: ")


def test_no_figure_is_heavy() -> None:
    figures = [figure for section in sections(read_exploration(RESULTS / "exploration")) for figure in section.figures]
    assert len(figures) == 9
    assert max(len(figure.to_json()) for figure in figures) < MOST_CHARACTERS


def test_the_tab_adds_no_endpoint_for_programs() -> None:
    listeners = compose().get_api_info()
    assert listeners["named_endpoints"] == {}
    assert listeners["unnamed_endpoints"] == {}


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"exploration lacks counts.csv, .*neighbours.csv. `make eda` writes all tables."):
        data_tab.build(tmp_path)
