"""Take the README's screenshot of the demo with a headless Chromium.

python docs/take_screenshots.py      # or: make screenshots; writes docs/a-beat.png
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from app import MODELS, compose
from ecg.classifier import load_models
from hub.pull import ModelSet
from ui.look import CSS, THEME

FOLDER = Path(__file__).parent
SAMPLE = "F · record 213"


def main() -> None:
    """Open the demo, click a beat and take its picture.

    Raises
    ------
    SystemExit
        If there is no Chromium.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("No Chromium browser is here; on Debian: apt-get install chromium.")
    demo = compose(ModelSet(load_models(MODELS), "those that came with this project"))
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, theme=THEME, css=CSS, footer_links=["api"])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 1330})
        page.goto(url)
        page.get_by_role("button", name=SAMPLE).click()
        page.locator("#beat .gtitle", has_text="fusion").wait_for()
        page.mouse.move(0, 0)
        page.wait_for_timeout(1000)  # for the figures' transition
        page.screenshot(path=FOLDER / "a-beat.png")
        browser.close()
    demo.close()


if __name__ == "__main__":
    main()
