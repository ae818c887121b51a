"""What a training run is made of."""

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
        Seed of all that is random: the first weights, the order of the beats, the dropout.
    data_fingerprint : str
        `BeatTable.fingerprint` of the table of beats.
    smoke : bool
        Whether the beats are generated ones, so that the model is good for nothing but tests.
    """

    architecture: str
    protocol: str
    inputs: str
    seed: int
    data_fingerprint: str
    smoke: bool

    @property
    def result_path(self) -> Path:
        """Where runs, models and results of its kind stand, below the folder of each."""
        return result_path(self.protocol, self.inputs)


@dataclass(frozen=True)
class NetworkRun(Run):
    """Settings of the training of a network; two runs with the same ones on the same machine give the same model.

    Attributes
    ----------
    hyperparameters : Hyperparameters
        How it is trained.
    """

    hyperparameters: Hyperparameters
