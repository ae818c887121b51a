"""What a file or a link says is shown as it stands: it puts nothing into the page, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from ecg.data.templates import load_templates
from tests.builders import open_page
from tests.io.test_readers import ECG, FS, record, zipped
from ui.markup import verbatim

ELSEWHERE = "203.0.113.7"
"""An address of nobody, kept for examples (RFC 5737)."""
HARMFUL = [
    "<img src=x onerror=alert(1)>",
    f"<img src=//{ELSEWHERE}/x>",
    'x"><script>alert(1)</script>',
    "[x](javascript:alert(1))",
    f"![x](http://{ELSEWHERE}/y)",
    f"<a href=//{ELSEWHERE}/z>x</a>",
    "<b class=injected>x</b>",
]
INJECTED = f"""() => [...document.querySelectorAll('img, a, script, iframe, .injected')]
    .filter(element => element.className === 'injected' || element.hasAttribute('onerror')
        || [...element.attributes].some(one => /javascript:|{ELSEWHERE}|^x$/.test(one.value)))
    .map(element => element.outerHTML)"""


@pytest.fixture
def watched(page: Page) -> Iterator[Page]:
    """The demo's page; it fails the test if a dialog opens."""
    opened: list[str] = []

    def close(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    page.context.on("dialog", close)
    yield page
    assert not opened


def assert_harmless(page: Page) -> None:
    assert page.evaluate(INJECTED) == []


def told(page: Page, text: str) -> None:
    """Wait for a message that holds a text, and close it."""
    toast = page.get_by_test_id("toast-body").filter(has_text=text)
    expect(toast.first).to_be_visible(timeout=20_000)
    assert_harmless(page)
    toast.first.get_by_test_id("toast-close").click()
    expect(toast).to_have_count(0)


def read(page: Page, files: list[Path], lead: str = "") -> Locator:
    """Give a recording, and have it read."""
    if page.locator("#recording").get_by_label("Clear").count():
        page.locator("#recording").get_by_label("Clear").click()
    page.locator("#recording input[type=file]").set_input_files(files)
    page.locator("#lead textarea, #lead input").fill(lead)
    expect(page.locator("#recording")).to_contain_text(files[0].name[:4], timeout=20_000)
    page.get_by_role("button", name="Read this recording").click()
    return page.locator("#summary")


def table(folder: Path) -> Path:
    """Write the ECG as a table whose file and columns have harmful names."""
    file = folder / f"{HARMFUL[0]}.csv"
    names = ",".join('"' + name.replace('"', '""') + '"' for name in HARMFUL)
    file.write_text(names + "\n" + "\n".join(",".join([f"{value:.4f}"] * len(HARMFUL)) for value in ECG))
    return file


def test_a_recording_puts_nothing_into_the_page(watched: Page, tmp_path: Path) -> None:
    watched.get_by_role("tab", name="A recording").click()
    watched.get_by_role("button", name="What the file does not say").click()
    watched.get_by_label("Sampling rate (Hz)").fill(str(FS))
    file = table(tmp_path)
    read(watched, [file])
    told(watched, "none of which is called MLII")
    for name in HARMFUL[2:5:2]:
        said = read(watched, [file], lead=str(HARMFUL.index(name) + 1))
        expect(said).to_contain_text(f"lead {name}", timeout=30_000)
        expect(watched.locator("#strip .ytitle")).to_have_text(f"{name} (unit not known)")
        assert_harmless(watched)
    watched.get_by_label("Sampling rate (Hz)").fill("")
    files = record(tmp_path)
    header = next(one for one in files if one.suffix == ".hea")
    header.write_text(header.read_text().replace("MLII", f"II {HARMFUL[1]}") + "".join(f"# {name}\n" for name in HARMFUL))
    archive = zipped(tmp_path, {one.name: one.read_bytes() for one in files})
    expect(read(watched, [archive])).to_contain_text(f"lead II {HARMFUL[1]}", timeout=30_000)
    assert_harmless(watched)


def test_beats_put_nothing_into_the_page(watched: Page, demo: tuple[str, int], tmp_path: Path) -> None:
    file = tmp_path / f"{HARMFUL[0]}.csv"
    beat = ",".join(map(str, load_templates()[0].beat))
    rows = [",".join([name, *["0.5"] * 186]) for name in ("![](//a.b/c)", "<img src=//a.b/c>", "<b class=injected>")]
    for lines, text in ((["1,2", *rows], "Row 1"), ([beat, *rows], "")):
        file.write_text("\n".join(lines))
        with watched.expect_file_chooser() as chooser:
            watched.get_by_role("button", name="Upload a CSV file").click()
        chooser.value.set_files(file)
        if text:
            told(watched, text)
    expect(watched.locator("#beats-verdict")).to_contain_text("Row 2: Value 1 is '![](//a.b/c)'")
    expect(watched.locator("#beats-verdict")).to_contain_text("Row 3: Value 1 is '<img src=//a.b/c>'")
    watched.get_by_label("187 values").fill("<img src=//a.b/c>")
    watched.get_by_role("button", name="Read this beat").click()
    told(watched, "which is no number")
    assert_harmless(watched)
    for name in (HARMFUL[0], HARMFUL[2], HARMFUL[4]):
        told(open_page(watched.context, f"{demo[0]}/?sample={name}"), "There is no sample beat")


@pytest.mark.parametrize("text", [*HARMFUL, "a & b", "MLII"])
def test_a_text_is_written_so_that_it_is_shown_as_it_is(text: str) -> None:
    assert not set("<>[]()!*_`\"'$:") & set(verbatim(text))
    assert verbatim("MLII 2") == "MLII 2"
