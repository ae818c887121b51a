"""Where the runs, models and results of a protocol and of its ablations are."""

from pathlib import Path

from ecg.networks.inputs import INPUTS_OF_PROTOCOL


def is_ablation(protocol: str, inputs: str) -> bool:
    """Tell whether a model reads other inputs than the models of its protocol do."""
    return inputs != INPUTS_OF_PROTOCOL[protocol]


def result_path(protocol: str, inputs: str) -> Path:
    """Give the path below ``runs/``, ``models/`` or ``results/``: ``<protocol>``, or ``ablation/<inputs>/<protocol>``."""
    return Path("ablation") / inputs / protocol if is_ablation(protocol, inputs) else Path(protocol)
