"""How a model is trained: the one place that knows the defaults."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Hyperparameters:
    """Settings of one training run.

    Attributes
    ----------
    epochs : int
        Passes over the training beats, at most.
    batch_size : int
        Beats a step.
    learning_rate : float
        Adam's learning rate, at its highest.
    schedule : {"plateau", "cosine"}
        ``"plateau"`` cuts the rate whenever the validation loss stalls (ReduceLROnPlateau); ``"cosine"`` warms it up over the
        first twentieth of the steps and lets it fall to zero by the last.
    weight_decay : float
        Decoupled weight decay (Loshchilov and Hutter, https://arxiv.org/abs/1711.05101).
    mixup : float
        Each beat is blended with another one of the training set, and so are their targets, in shares drawn from the Beta
        distribution with both parameters of this value; 0 for no blending (Zhang et al., https://arxiv.org/abs/1710.09412).
    rr_augmentation : float
        Share of the N beats that are given a made-up rhythm; see `ecg.training.rr_augmentation`. Without effect where no rhythm is given.
    patience : int
        Epochs without a better macro-F1 on validation after which training stops.
    """

    epochs: int = 20
    batch_size: int = 256
    learning_rate: float = 2e-3
    schedule: Literal["plateau", "cosine"] = "cosine"
    weight_decay: float = 1e-2
    mixup: float = 0.0
    rr_augmentation: float = 0.0
    patience: int = 10
