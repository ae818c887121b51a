"""Names and files of the repositories on the Hub."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DATASET = "mitbih-heartbeats"
SPACE = "ecg-heartbeat-demo"
COLLECTION = "One heartbeat, five readers"
RepoType = Literal["model", "dataset", "space"]


@dataclass(frozen=True)
class Repository:
    """A repository to be published.

    Attributes
    ----------
    repo_id : str
        Namespace and name.
    repo_type : {"model", "dataset", "space"}
        What it holds.
    folder : Path
        All its files, and nothing else.
    """

    repo_id: str
    repo_type: RepoType
    folder: Path

    def __str__(self) -> str:
        """Return type and name, with the number and the size of the files."""
        sizes = [file.stat().st_size for file in self.files().values()]
        return f"{self.repo_type} {self.repo_id}, {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB"

    def files(self) -> dict[str, Path]:
        """Return the files by their path in the repository, in alphabetical order."""
        files = sorted(file for file in self.folder.rglob("*") if file.is_file())
        return {file.relative_to(self.folder).as_posix(): file for file in files}


def model_repository(namespace: str, architecture: str, protocol: str) -> str:
    """Return namespace and name of the repository of a model. Names of intra-patient models have no protocol."""
    suffix = "" if protocol == "intra_patient" else f"-{protocol}"
    return f"{namespace}/" + f"ecg-heartbeat-{architecture}{suffix}".replace("_", "-")
