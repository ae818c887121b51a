"""Take the README's screenshots of the demo with a headless Chromium.

python docs/take_screenshots.py      # or: make screenshots; writes docs/*.png
"""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from app import MODELS, compose
from hub.pull import load_shipped
from ui.theme import CSS, THEME

FOLDER = Path(__file__).parent
SAMPLE = "F · record 213"


def show_a_beat(page: Page) -> None:
    """Click a beat that is visibly not normal."""
    page.get_by_role("button", name=SAMPLE).click()
    page.locator("#beat .gtitle", has_text="fusion").wait_for()


def show_a_recording(page: Page) -> None:
    """Classify the sample recording, and go to a beat on which the models disagree."""
    page.get_by_role("tab", name="A recording").click()
    page.get_by_role("button", name="Try a real recording").click()
    page.locator("#strip .js-plotly-plot").wait_for(timeout=60_000)
    page.get_by_role("button", name="Where the models disagree ▶").click()
    page.locator("#disagreement", has_text="Disagreement 1").wait_for()
    page.get_by_role("heading", name="Give a recording").evaluate("heading => heading.scrollIntoView()")


def show_the_data(page: Page) -> None:
    """Go to where the exploratory analysis shows why results on a random split are too good."""
    page.get_by_role("tab", name="The data").click()
    page.locator("#data-neighbours-1 .js-plotly-plot").wait_for(timeout=60_000)
    page.get_by_role("heading", name="What makes beats alike").evaluate("heading => heading.scrollIntoView()")


TABS: dict[str, Callable[[Page], None]] = {
    "a-beat": show_a_beat,
    "a-recording": show_a_recording,
    "the-data": show_the_data,
}


def main() -> None:
    """Open each tab and take its screenshot."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("No Chromium browser is here; on Debian: apt-get install chromium.")
    demo = compose(load_shipped(MODELS))
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, theme=THEME, css=CSS, footer_links=["api"])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, show in TABS.items():
            page = browser.new_page(viewport={"width": 1280, "height": 1300})
            page.goto(url)
            page.locator("#beat .js-plotly-plot").wait_for()
            show(page)
            page.mouse.move(0, 0)
            page.wait_for_timeout(1500)  # for the figures' transition
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()
    demo.close()


if __name__ == "__main__":
    main()
