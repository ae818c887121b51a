"""Put the models of all patients into the wheel; all else stands in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithModels(build_py):
    """Copy ``models/all_patients`` into the package that is built: `ecg.inference.shipped_models` looks there."""

    def run(self) -> None:
        """Build the package, then copy the models."""
        for package in ("ecg", "hub"):  # modules that have moved would stay in the wheel
            shutil.rmtree(Path(self.build_lib) / package, ignore_errors=True)
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "ecg" / "models" / "all_patients"
            shutil.copytree("models/all_patients", target, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithModels})
