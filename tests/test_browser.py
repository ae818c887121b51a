"""The demo in a real browser, used by clicking."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from ecg.names import TITLES
from ecg.samples import count_test_beats
from ecg.templates import load_templates
from ui.compare_tab import DETAILS, FIGURES, OF_STRANGERS

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def page(demo: tuple[str, int], chromium: str) -> Iterator[Page]:
    """The demo's page; it fails the test if the page asks another host for anything or prints an error."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        foreign: list[str] = []
        errors: list[str] = []
        local = (demo[0], "data:", "blob:")
        page.on("request", lambda request: None if request.url.startswith(local) else foreign.append(request.url))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(demo[0])
        expect(page.locator("#beat .js-plotly-plot")).to_be_visible(timeout=20_000)
        yield page
        browser.close()
    assert not foreign
    assert not errors


def test_clicking_a_sample_shows_it_and_what_five_models_say(page: Page) -> None:
    template = next(template for template in load_templates() if template.symbol == "/")
    page.get_by_role("button", name=f"/ · record {template.record}").click()
    expect(page.locator("#beat .gtitle")).to_have_text(
        f"/: {template.meaning}record {template.record}, mean of {template.averaged} beats"
    )
    expect(page.locator("#verdict")).to_contain_text("The annotation says Q: paced or unclassifiable.")
    expect(page.locator("#beat .xtitle")).to_have_text("time from the R peak (ms)")
    for title in TITLES.values():
        expect(page.locator("#answers").get_by_role("gridcell", name=title, exact=True).first).to_be_visible()
    assert page.locator("#probabilities .bars .point").count() == 25


def test_a_sample_is_reached_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="F · record 213").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("The annotation says F: fusion.")


def test_pasted_values_are_read_and_wrong_ones_explained(page: Page) -> None:
    values = [str(value) for value in load_templates()[0].beat]
    page.get_by_label("187 values").fill(", ".join(values))
    page.get_by_role("button", name="Read this beat").click()
    expect(page.locator("#beat .gtitle")).to_have_text("The beat you pasted")
    page.get_by_label("187 values").fill(", ".join(values[:-1]))
    page.get_by_role("button", name="Read this beat").click()
    expect(page.get_by_test_id("toast-body")).to_contain_text("The beat has 186 values.")


def test_a_single_test_beat_is_chosen_where_the_records_are(page: Page, records: object) -> None:
    page.get_by_label("Record").click()
    page.get_by_role("option", name="208", exact=True).click()
    expect(page.get_by_label("Class")).to_have_value(f"N ({count_test_beats('208')['N']} beats)", timeout=20_000)
    page.get_by_role("button", name="Read this test beat").click()
    expect(page.locator("#beat .gtitle")).to_contain_text("N: normal beatrecord 208 at 0:")


def test_the_comparison_names_the_five_models(page: Page) -> None:
    page.get_by_role("tab", name="Compare").click()
    for table in ("#overview", "#comparison", "#strangers"):
        for title in TITLES.values():
            expect(page.locator(table).get_by_role("gridcell", name=title, exact=True).first).to_be_visible()


def test_the_details_of_the_comparison_open(page: Page) -> None:
    page.get_by_role("tab", name="Compare").click()
    tables = DETAILS | {f"strangers_{name}": details for name, details in OF_STRANGERS.items()}
    for name, (question, _) in tables.items():
        page.get_by_role("button", name=question).click()
        expect(page.locator(f"#{name}").get_by_role("gridcell", name="CNN", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Figures").click()
    for name, label in FIGURES.items():
        picture = page.locator(f"#{name} img")
        expect(picture).to_be_visible()
        assert picture.evaluate("picture => picture.complete && picture.naturalWidth") > 600, label


def test_a_phone_shows_the_page_without_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    expect(page.locator("#beat .js-plotly-plot")).to_be_visible(timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
