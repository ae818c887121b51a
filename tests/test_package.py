"""The package as a program elsewhere has it: installed by pip, outside the checkout."""

import re
import site
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import PROJECT


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the package, which finds its dependencies where the tests have them."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(PROJECT)]
    subprocess.run(install, check=True, capture_output=True)
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return folder / "venv"


def run(environment: Path, folder: Path, *command: str) -> str:
    """Run a program of the environment in a folder, and return what it prints."""
    finished = subprocess.run(
        [environment / "bin" / command[0], *command[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    return finished.stdout


def test_the_example_of_the_readme_runs(environment: Path, records: Path, tmp_path: Path) -> None:
    (example, *_) = re.findall(r"```python\n(.*?)```", (PROJECT / "README.md").read_text(), re.DOTALL)
    for file in records.glob("100.*"):
        (tmp_path / file.name).symlink_to(file)
    printed = run(environment, tmp_path, "python", "-c", example)
    assert re.search(r"\bN\s+2[\d,]{3}", printed), printed


def test_the_installed_package_is_whole_and_imports_little(environment: Path, tmp_path: Path) -> None:
    code = (
        "import sys, ecg; first = set(sys.modules); print(ecg.__file__); models = ecg.load_models(); print(len(models))\n"
        "from ecg.data import mitdb, templates; print(len(templates.load_templates()), len(mitdb.published_checksums()))\n"
        "import hub.verify\n"
        "print({'numpy', 'pandas'} & first, {'tensorflow', 'keras', 'gradio', 'sklearn'} & set(sys.modules))"
    )
    file, *others = run(environment, tmp_path, "python", "-c", code).splitlines()
    assert Path(file).is_relative_to(environment)
    assert others == ["5", "62 144", "set() set()"]


def test_every_name_is_there(environment: Path, tmp_path: Path) -> None:
    code = "import ecg; print(all(callable(getattr(ecg, name)) for name in ecg.__all__), hasattr(ecg, 'nothing'))"
    assert run(environment, tmp_path, "python", "-c", code) == "True False\n"


def test_the_console_script_lists_its_commands(environment: Path, tmp_path: Path) -> None:
    assert "classify the beats of one recording" in run(environment, tmp_path, "ecg")


def test_nothing_but_the_package_is_installed(environment: Path) -> None:
    (packages,) = (environment / "lib").glob("python*/site-packages")
    folders = {path.name for path in packages.iterdir() if path.is_dir() and not path.name.endswith(".dist-info")}
    assert folders - {"__pycache__"} == {"ecg", "hub"}
