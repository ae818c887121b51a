"""Print what was measured: as a table for people, as JSON for programs."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from benchmarks.measuring import Bound, Comparison, Timing

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


def as_json(measured: list[Comparison | Bound], machine: dict[str, Any]) -> dict[str, Any]:
    """Collect what was measured.

    Parameters
    ----------
    measured : list of Comparison or Bound
        What was measured.
    machine : dict
        On what.

    Returns
    -------
    dict
        ``date``, ``machine``, ``comparisons`` (with every single time, in seconds) and ``bounds``.
    """
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine,
        "comparisons": [asdict(one) | {"faster": one.faster} for one in measured if isinstance(one, Comparison)],
        "bounds": [asdict(one) for one in measured if isinstance(one, Bound)],
    }


def as_markdown(measured: list[Comparison | Bound]) -> str:
    """Write what was measured as two tables in Markdown.

    Parameters
    ----------
    measured : list of Comparison or Bound
        What was measured.

    Returns
    -------
    str
        The table of comparisons and that of bounds. Under which conditions stands in the JSON alone.
    """
    comparisons = [
        f"| {one.what} | {_time(one.ours)} | {one.against} | {_time(one.theirs)} | {one.faster:.2f} | {one.goal:.2f} | "
        f"{_limit(one)} |"
        for one in measured
        if isinstance(one, Comparison)
    ]
    bounds = [
        f"| {one.what} | {_number(one.value)} {one.unit} | {_number(one.goal)} {one.unit} |"
        for one in measured
        if isinstance(one, Bound)
    ]
    return "\n".join(
        [
            "| what | ours (extremes) | against | theirs (extremes) | times faster | goal | machine's limit |",
            "| --- | ---: | --- | ---: | ---: | ---: | --- |",
            *comparisons,
            "",
            "| what | measured | at most |",
            "| --- | ---: | ---: |",
            *bounds,
            "",
        ]
    )


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
