"""Where the models are that come with the project."""

from pathlib import Path


def shipped_models() -> Path:
    """Return the folder of the models of all patients: inside the installed package, or ``models/`` of the checkout."""
    package = Path(__file__).parents[1]
    installed = package / "models" / "all_patients"
    return installed if installed.is_dir() else package.parent / "models" / "all_patients"
