"""Copy the tables of ``results/`` into README.md and the pages of docs/."""

import re
from pathlib import Path

from ecg.atomic_files import write_atomically

TABLE = re.compile(r"(<!-- table: (results/\S+\.md) -->\n).*?(<!-- end -->)", re.DOTALL)
"""A table in a document, between two comments that Markdown does not show; the first names the file."""


def document_paths(project: Path) -> list[Path]:
    """List README.md and the pages of docs/ that exist below the folder `project`."""
    return [path for path in (project / "README.md", *sorted((project / "docs").glob("*.md"))) if path.exists()]


def fill_tables(text: str, project: Path) -> str:
    """Put the tables as they are in ``results/`` between their comments."""
    return TABLE.sub(lambda found: found[1] + (project / found[2]).read_text() + found[3], text)


def write_documents(project: Path) -> None:
    """Bring the tables of all documents below `project` up to date."""
    for path in document_paths(project):
        text = path.read_text()
        filled = fill_tables(text, project)
        if filled != text:
            write_atomically(path, filled)
