"""What README, docs/ and the other documents say is true."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ecg.__main__ import COMMANDS
from ecg.classes import AAMI_CLASSES
from ecg.evaluation.documents import TABLE, document_paths, fill_tables, write_documents
from tests.builders import PROJECT

README = PROJECT / "README.md"
LARGEST_README_BYTES = 6000
DOCUMENTS = [*document_paths(PROJECT), *(PROJECT / f"{name}.md" for name in ("CONTRIBUTING", "CHANGELOG", "SECURITY"))]
DOCUMENTS.append(PROJECT / "results" / "LOG.md")


def name_of(document: Path) -> str:
    return str(document.relative_to(PROJECT))


def anchors(document: Path) -> set[str]:
    """Give the anchors that GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short() -> None:
    assert len(README.read_bytes()) <= LARGEST_README_BYTES


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_the_tables_are_those_of_the_results(document: Path) -> None:
    text = document.read_text()
    assert fill_tables(text, PROJECT) == text, "`make results` fills in the tables"
    assert len(re.findall("<!-- table: ", text)) == len(TABLE.findall(text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_make_target_exists(document: Path) -> None:
    rules = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`(?:\w+=\w+ )?make ([\w-]+)`", document.read_text())) <= rules


OF_FORMER_VERSIONS = ("LOG.md", "CHANGELOG.md")
"""Documents that also tell of former commands."""


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if path.name not in OF_FORMER_VERSIONS], ids=name_of)
def test_every_command_of_the_package_exists(document: Path) -> None:
    assert set(re.findall(r"python -m ecg ([a-z-]+)", document.read_text())) <= set(COMMANDS)


@pytest.mark.parametrize("document", [README, PROJECT / "docs" / "formats.md"], ids=name_of)
def test_the_classes_are_those_of_the_code(document: Path) -> None:
    for label, heartbeat_class in AAMI_CLASSES.items():
        row = rf"^\| {label} \| {heartbeat_class.name}.* \| {' '.join(heartbeat_class.symbols)} \|$"
        assert re.search(row, document.read_text(), re.MULTILINE)


def test_a_document_is_filled_once(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "a.md").write_text("| new |\n")
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- table: results/a.md -->\n| old |\n<!-- end -->\nafter\n")
    write_documents(tmp_path)
    assert readme.read_text() == "before\n<!-- table: results/a.md -->\n| new |\n<!-- end -->\nafter\n"
    write_documents(tmp_path)
    assert readme.read_text().count("| new |") == 1


def test_the_client_example_runs(demo: tuple[str, int]) -> None:
    example = re.search(r"```python\n(.*?)```", (PROJECT / "docs" / "demo.md").read_text(), re.DOTALL)
    assert example is not None
    code = example[1].replace("http://127.0.0.1:7860", demo[0])
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "{'simple_rnn': 'N', 'cnn': 'N', 'lstm': 'N', 'gru': 'N', 'attention': 'N'}" in printed
