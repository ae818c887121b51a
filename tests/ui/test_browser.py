"""The demo in a real browser, used by clicking."""

import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from ecg.classes import APPEARANCE, LABELS
from ecg.data.single_beats import count_test_beats
from ecg.data.templates import load_templates
from ecg.networks.registry import TITLES
from tests.axe import violations
from tests.builders import open_page
from ui.api import RESULTS
from ui.compare_tab import DETAILS, FIGURES, INTER_PATIENT_DETAILS


def test_clicking_a_sample_shows_it_and_what_five_models_say(page: Page) -> None:
    template = next(template for template in load_templates() if template.symbol == "/")
    page.get_by_role("button", name=f"/ · record {template.record}").click()
    expect(page.locator("#beat .gtitle")).to_have_text(
        f"/: {template.meaning}record {template.record}, mean of {template.averaged} beats"
    )
    expect(page.locator("#verdict")).to_contain_text("The annotation says Q: paced or unclassifiable.")
    expect(page.locator("#appearance")).to_contain_text(APPEARANCE["/"])
    expect(page.locator("#beat .xtitle")).to_have_text("time from the R peak (ms)")
    for title in TITLES.values():
        expect(page.locator("#answers").get_by_role("gridcell", name=title, exact=True).first).to_be_visible()
    assert page.locator("#probabilities .bars .point").count() == 25


def test_a_sample_is_reached_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="F · record 213").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("The annotation says F: fusion.")


def test_one_sees_where_each_model_looked(page: Page) -> None:
    shade = page.locator("#beat .heatmaplayer image")
    seen = set()
    for name, title in TITLES.items():
        page.get_by_role("radio", name=title, exact=True).check()
        expect(page.locator("#look"), name).to_contain_text(f"{title} looks most at ")
        expect(shade).to_have_count(1)
        seen.add(page.locator("#look").inner_text())
    assert len(seen) == len(TITLES)
    page.get_by_role("radio", name="GRU").focus()
    page.keyboard.press("Space")
    expect(page.locator("#look")).to_contain_text("GRU looks most at ")
    page.get_by_role("button", name="F · record 213").click()
    expect(page.locator("#look")).to_contain_text("GRU looks most at ")
    expect(page.locator("#look")).to_contain_text("log-odds of F")


def test_a_link_leads_to_a_sample(page: Page, demo: tuple[str, int]) -> None:
    page = open_page(page.context, f"{demo[0]}/?sample=F-213")
    expect(page.locator("#verdict")).to_contain_text("The annotation says F: fusion.")
    expect(page.get_by_role("link", name="Link to this beat")).to_have_attribute("href", "?sample=F-213")
    page = open_page(page.context, f"{demo[0]}/?sample=F-999")
    expect(page.get_by_test_id("toast-body")).to_contain_text("There is no sample beat 'F-999'.")
    expect(page.locator("#verdict")).to_contain_text("The annotation says V: ventricular ectopic.")


def test_a_file_of_beats_is_read_and_its_rows_are_shown(page: Page, tmp_path: Path) -> None:
    templates = load_templates()[::6]
    lines = [",".join(map(str, [*template.beat, LABELS.index(template.label)])) for template in templates]
    file = tmp_path / "beats.csv"
    file.write_text("\n".join([lines[0], "1,2,3", *lines[1:]]))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload a CSV file").click()
    chooser.value.set_files(file)
    expect(page.locator("#beats-verdict")).to_contain_text(f"{len(lines)} beats")
    expect(page.locator("#beats-verdict")).to_contain_text("Row 2: The beat has 3 values.")
    page.locator("#beats-answers").get_by_role("gridcell", name="3", exact=True).first.click()
    expect(page.locator("#beat .gtitle")).to_have_text("Row 3 of your file")
    page.get_by_label("Row to show").fill("1")
    page.get_by_role("button", name="Show this row").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#beat .gtitle")).to_have_text("Row 1 of your file")
    page.get_by_label("Row to show").fill("2")
    page.get_by_role("button", name="Show this row").click()
    expect(page.get_by_test_id("toast-body")).to_contain_text("Row 2 holds no beat.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the answers").or_(
            page.get_by_role("button", name="Download the answers")
        ).first.click()
    answers = pd.read_csv(download.value.path())
    assert answers["given"].tolist() == [template.label for template in templates]
    assert list(answers.columns) == ["row", *TITLES.values(), "agree", "given"]


def test_a_wrong_file_is_explained(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "beats.csv"
    file.write_text("1,2,3\n")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload a CSV file").click()
    chooser.value.set_files(file)
    expect(page.get_by_test_id("toast-body")).to_contain_text("Row 1: The beat has 3 values.")


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
    for table in ("#overview", "#intra_patient-comparison", "#inter_patient-comparison"):
        for title in TITLES.values():
            expect(page.locator(table).get_by_role("gridcell", name=title, exact=True).first).to_be_visible()


@pytest.mark.parametrize("section", ["intra_patient", "inter_patient"])
def test_the_details_of_the_comparison_open(page: Page, section: str) -> None:
    details = DETAILS if section == "intra_patient" else DETAILS | INTER_PATIENT_DETAILS
    page.get_by_role("tab", name="Compare").click()
    for name, (question, _) in details.items():
        page.locator(f"#{section}").get_by_role("button", name=question).click()
        expect(page.locator(f"#{section}-{name}").get_by_role("gridcell", name="CNN", exact=True).first).to_be_visible()
    page.locator(f"#{section}").get_by_role("button", name="Figures").click()
    for name, (label, _) in FIGURES.items():
        picture = page.locator(f"#{section}-{name} img")
        expect(picture).to_be_visible()
        assert picture.evaluate("picture => picture.complete && picture.naturalWidth") > 600, label


def test_a_table_is_sorted_by_its_numbers(page: Page) -> None:
    page.get_by_role("tab", name="Compare").click()
    page.locator("#intra_patient").get_by_role("button", name="What do they cost?").click()
    table = page.locator("#intra_patient-cost")
    column = table.locator("th", has_text="parameters").last
    column.hover()
    column.get_by_role("button", name="Open cell menu").click()
    page.get_by_role("menuitem", name="Sort ascending").click()
    shown = table.get_by_role("gridcell", name=re.compile(r"^\d+,\d{3}$"))
    parameters = pd.read_csv(RESULTS / "intra_patient" / "cost.csv")["parameters"].dropna().sort_values()
    expect(shown).to_have_text([f"{number:,.0f}" for number in parameters])


TABS = {
    "A beat": "#answers",
    "A recording": "#recording",
    "Compare": "#overview",
    "The data": "#data-neighbours-1 .js-plotly-plot",
    "Use it": "#models",
}
"""The tabs, and something that is seen in each."""


def become_a_phone(page: Page) -> None:
    """Make the page as narrow as a phone, where not all tabs fit."""
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.get_by_role("button", name="More tabs")).to_be_visible()


def open_tab(page: Page, name: str) -> None:
    """Go to a tab, and wait until it is there and nothing moves any more."""
    tab = page.get_by_role("tab", name=name, exact=True)
    if not tab.is_visible():
        page.locator(".overflow-menu > button").click()
        tab = page.locator(".overflow-dropdown").get_by_role("button", name=name, exact=True)
    tab.click()
    expect(page.locator(TABS[name])).to_be_visible()
    page.evaluate("Promise.allSettled(document.getAnimations().map(animation => animation.finished))")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_kept_out(page: Page, demo: tuple[str, int], theme: str) -> None:
    page = open_page(page.context, f"{demo[0]}/?__theme={theme}")
    for name in TABS:
        open_tab(page, name)
        assert violations(page) == [], name


def test_a_phone_shows_the_page_without_scrolling_sideways(page: Page) -> None:
    become_a_phone(page)
    for name in TABS:
        open_tab(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
