"""Hyperparameters of training and their defaults."""

from dataclasses import dataclass
from typing import Literal, get_args

Schedule = Literal["cosine", "plateau"]
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)


@dataclass(frozen=True)
class Hyperparameters:
    """Hyperparameters of one training run.

    Attributes
    ----------
    epochs : int
        Greatest number of passes over the training beats.
    batch_size : int
        Beats in a step.
    learning_rate : float
        Highest learning rate of Adam.
    schedule : {"plateau", "cosine"}
        ``"plateau"`` reduces the rate when the validation loss stalls (ReduceLROnPlateau). ``"cosine"`` warms it up over the
        first twentieth of the steps and then lets it fall to zero.
    weight_decay : float
        Decoupled weight decay (Loshchilov and Hutter, https://arxiv.org/abs/1711.05101).
    mixup : float
        Both parameters of the Beta distribution from which the shares are drawn when two training beats and their targets are
        blended; 0 for no mixup (Zhang et al., https://arxiv.org/abs/1710.09412).
    rr_augmentation : float
        Share of the N beats that get synthetic RR features (`ecg.training.rr_augmentation`). No effect without RR features.
    patience : int
        Epochs without a better macro-F1 on validation after which training stops.
    """

    epochs: int = 20
    batch_size: int = 256
    learning_rate: float = 2e-3
    schedule: Schedule = "cosine"
    weight_decay: float = 1e-2
    mixup: float = 0.0
    rr_augmentation: float = 0.0
    patience: int = 10
