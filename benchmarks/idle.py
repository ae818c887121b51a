"""Measure the processor time of the demo with nobody connected.

python -m benchmarks.idle
"""

import os
import sys
import time
from pathlib import Path

from benchmarks.measuring import Bound
from benchmarks.startup import COMMANDS, serving

MEASURED_S = 60
SETTLING_S = 5
"""After the first answer, for what is done once."""
GOAL_PERCENT = 1.0


def processor_seconds(pid: int) -> float:
    """Read the processor time of a process, on Linux."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measure(quick: bool) -> list[Bound]:
    """Measure the share of a core over a minute; `quick`: over 10 s."""
    seconds = 10 if quick else MEASURED_S
    with serving(COMMANDS["ours"]) as (_, pid):
        time.sleep(SETTLING_S)
        before = processor_seconds(pid)
        time.sleep(seconds)
        share = (processor_seconds(pid) - before) / seconds
    return [Bound("processor time of the demo with nobody connected", 100 * share, GOAL_PERCENT, "% of a core")]


if __name__ == "__main__":
    for result in measure("--quick" in sys.argv):
        print(result)
