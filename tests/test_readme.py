"""What the README says is true."""

import re
import subprocess
import sys
from pathlib import Path

from ecg.classes import AAMI_CLASSES
from tests.conftest import PROJECT

README = (PROJECT / "README.md").read_text()


def test_the_tables_are_those_of_the_results() -> None:
    blocks = re.findall(r"<!-- (results/\S+\.md) -->\n(.*?)<!-- end -->", README, re.DOTALL)
    assert len(blocks) == 6
    for file, table in blocks:
        assert table == (PROJECT / file).read_text(), file


def test_every_make_target_exists() -> None:
    rules = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"`(?:\w+=\w+ )?make ([\w-]+)`", README)) <= set(rules)


def test_every_linked_file_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith(("http", "#"))]
    assert links
    assert all((PROJECT / link).exists() for link in links)


def test_the_classes_are_those_of_the_code() -> None:
    for label, heartbeat_class in AAMI_CLASSES.items():
        assert re.search(
            rf"^\| {label} \| {heartbeat_class.name}.* \| {' '.join(heartbeat_class.symbols)} \|$", README, re.MULTILINE
        )


def test_the_example_runs(demo: tuple[str, int]) -> None:
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example is not None
    code = example[1].replace("http://127.0.0.1:7860", demo[0])
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "{'simple_rnn': 'N', 'cnn': 'N', 'lstm': 'N', 'gru': 'N', 'attention': 'N'}" in printed


def test_the_package_installs_with_all_it_needs(tmp_path: Path) -> None:
    """The templates and the checksums of the records come along; the demo and the tests do not."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path), str(PROJECT)]
    subprocess.run(command, check=True, capture_output=True)
    installed = {folder.name for folder in tmp_path.iterdir() if not folder.name.endswith(".dist-info")}
    assert installed == {"ecg", "hub"}
    code = "import ecg.signal.kaggle_beat, ecg.data.mitdb, ecg.data.templates, hub.verify; print(ecg.__file__, len(ecg.data.templates.load_templates()))"
    code += "; print(len(ecg.data.mitdb.published_checksums()))"
    output = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.split()
    assert output == [str(tmp_path / "ecg" / "__init__.py"), "62", "144"]
