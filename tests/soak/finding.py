"""What became of faults and load."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What became of one kind of fault, or of load.

    Attributes
    ----------
    what : str
        What was done to it, in words.
    tried : int
        How often.
    held : int
        How often it ended as promised.
    promise : str
        What is promised.
    measured : str
        Further figures, in words.
    """

    what: str
    tried: int
    held: int
    promise: str
    measured: str = ""
