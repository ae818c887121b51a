"""Where runs, models and results of a protocol and its ablations stand."""

from pathlib import Path

from ecg.networks.inputs import INPUTS_OF_PROTOCOL


def is_ablation(protocol: str, inputs: str) -> bool:
    """Tell whether models are given something else than those of their protocol are.

    Parameters
    ----------
    protocol : str
        One of `ecg.data.splits.PROTOCOLS`.
    inputs : str
        A key of `INPUTS`.

    Returns
    -------
    bool
        Whether they are.
    """
    return inputs != INPUTS_OF_PROTOCOL[protocol]


def result_path(protocol: str, inputs: str) -> Path:
    """Say where runs, models and results stand, below the folder of each.

    Parameters
    ----------
    protocol : str
        One of `ecg.data.splits.PROTOCOLS`.
    inputs : str
        A key of `INPUTS`.

    Returns
    -------
    Path
        ``<protocol>``, or ``ablation/<inputs>/<protocol>``.
    """
    return Path("ablation") / inputs / protocol if is_ablation(protocol, inputs) else Path(protocol)
