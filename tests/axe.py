"""Check a page for violations of accessibility rules with axe-core."""

from importlib.resources import files

from playwright.sync_api import Page

AXE = files("axe_playwright_python") / "axe.min.js"
RUN = """() => axe.run(document, {resultTypes: ['violations']}).then(result => result.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.failureSummary} ${node.html.slice(0, 200)}`)))"""


def violations(page: Page) -> list[str]:
    """List what axe-core objects to on a page as it is shown now.

    Parameters
    ----------
    page : Page
        The page.

    Returns
    -------
    list of str
        For each element that breaks a rule: the rule, what to do, and the element.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(RUN))
