"""Write measurements as tables for people and as JSON for programs."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from benchmarks.measuring import Bound, Comparison, Timing
from ecg.evaluation.table_format import RIGHT, TEXT, Formats, as_markdown

COMPARISON_FORMATS: Formats = {
    **dict.fromkeys(("what", "against", "machine's limit"), TEXT),
    **dict.fromkeys(("ours (extremes)", "theirs (extremes)"), RIGHT),
    **dict.fromkeys(("times faster", "goal"), "{:.2f}"),
}
BOUND_FORMATS: Formats = {"what": TEXT, "measured": RIGHT, "at most": RIGHT}
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


def as_json(measured: list[Comparison | Bound], machine: dict[str, Any]) -> dict[str, Any]:
    """Give date, machine, comparisons (with every single time, in seconds) and bounds as plain values."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine,
        "comparisons": [asdict(one) | {"faster": one.faster} for one in measured if isinstance(one, Comparison)],
        "bounds": [asdict(one) for one in measured if isinstance(one, Bound)],
    }


def tables_as_markdown(measured: list[Comparison | Bound]) -> str:
    """Write the comparisons and the bounds as two tables in Markdown. The conditions are in the JSON alone."""
    comparisons = pd.DataFrame(
        {
            "what": one.what,
            "ours (extremes)": _time(one.ours),
            "against": one.against,
            "theirs (extremes)": _time(one.theirs),
            "times faster": one.faster,
            "goal": one.goal,
            "machine's limit": _limit(one),
        }
        for one in measured
        if isinstance(one, Comparison)
    )
    bounds = pd.DataFrame(
        {
            "what": one.what,
            "measured": f"{_number(one.value)} {one.unit}",
            "at most": f"{_number(one.goal)} {one.unit}",
        }
        for one in measured
        if isinstance(one, Bound)
    )
    return f"{as_markdown(comparisons, COMPARISON_FORMATS)}\n{as_markdown(bounds, BOUND_FORMATS)}"


def _time(timing: Timing) -> str:
    scale, unit = next(((scale, unit) for scale, unit in UNITS if timing.median >= scale), UNITS[-1])
    median, low, high = (_number(seconds / scale) for seconds in (timing.median, *timing.spread))
    return f"{median} {unit} ({low} to {high})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _limit(one: Comparison) -> str:
    if one.limit is None:
        return one.limit_of
    return f"{_time(Timing((one.limit,))).partition(' (')[0]}, {one.ours.median / one.limit:.1f} times: {one.limit_of}"
