"""Settings of a training run."""

from dataclasses import dataclass
from pathlib import Path

from ecg.evaluation.result_paths import result_path
from ecg.networks.hyperparameters import Hyperparameters


@dataclass(frozen=True)
class Run:
    """Settings of the training of a model.

    Attributes
    ----------
    architecture : str
        A key of `ecg.networks.architectures.ARCHITECTURES` or of `ecg.networks.baselines.BASELINES`.
    protocol : str
        One of `ecg.data.splits.PROTOCOLS`.
    inputs : str
        A key of `ecg.networks.inputs.INPUTS`.
    seed : int
        Seed of the initial weights, the order of the beats and dropout.
    data_fingerprint : str
        `BeatTable.fingerprint` of the table of beats.
    smoke : bool
        Whether the beats are synthetic; such a model serves tests only.
    """

    architecture: str
    protocol: str
    inputs: str
    seed: int
    data_fingerprint: str
    smoke: bool

    @property
    def result_path(self) -> Path:
        """Folder of the run below ``runs/``, ``models/`` and ``results/``."""
        return result_path(self.protocol, self.inputs)


@dataclass(frozen=True)
class NetworkRun(Run):
    """Settings of the training of a network. Equal settings on the same machine give the same model."""

    hyperparameters: Hyperparameters
