"""Read thousands of damaged inputs, and tell how each kind of them ended.

    python -m tests.fuzz                     # at least 10,000 that reach their parser; writes results/fuzzing.md
    python -m tests.fuzz --only 1234         # shows input number 1234 and how it ends

An input ends well with a right answer, or with a message for a person: within 2 s of processor time, with 500 MB of memory.
The same seed gives the same inputs.
"""

import argparse
import itertools
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from ecg.evaluation.table_format import TEXT, as_markdown
from tests.fuzz.mutators import mutate
from tests.fuzz.reach import line_coverage
from tests.fuzz.seeds import Case, seeds
from tests.fuzz.traps import traps
from tests.fuzz.trial import MOST_MEGABYTES, MOST_SECONDS, Outcome, attempt
from tests.fuzz.workers import Workers

ENOUGH = 10_000
SHOWN = 20
"""Findings that are printed."""


def inputs(seed: int = 0) -> Iterator[Case]:
    """Make inputs without end: first the valid ones, then the traps, then valid ones that are damaged.

    Parameters
    ----------
    seed : int, optional
        Decides on the damage.

    Yields
    ------
    Case
        An input.
    """
    yield from seeds()
    yield from traps()
    for number in itertools.count():
        chance = random.Random(f"{seed}/{number}")
        yield mutate(seeds()[number % len(seeds())], chance)


def until_enough(enough: int, seed: int, workers: Workers) -> Iterator[tuple[int, Case, Outcome]]:
    """Read inputs until enough of them have reached their parser.

    Parameters
    ----------
    enough : int
        How many.
    seed : int
        Decides on the damage.
    workers : Workers
        They read.

    Yields
    ------
    tuple of int, Case and Outcome
        Number of an input, the input and how it ended.
    """
    with tqdm(total=enough, unit="input") as shown:
        for number, (case, outcome) in enumerate(workers.read(inputs(seed))):
            yield number, case, outcome
            shown.update(outcome.parsed)
            if shown.n >= enough:
                return


def ending_table(ended: list[tuple[int, Case, Outcome]]) -> pd.DataFrame:
    """Count how the inputs ended.

    Parameters
    ----------
    ended : list of tuple of int, Case and Outcome
        From `until_enough`.

    Returns
    -------
    DataFrame
        One row a parser, and one for all.
    """
    table = pd.DataFrame(
        [
            {
                "parser": case.parser,
                "inputs": 1,
                "parsed": outcome.parsed,
                "answered": outcome.verdict == "answered",
                "explained": outcome.verdict == "explained",
                "neither": not outcome.good,
                "most s": outcome.seconds,
                "most MB": outcome.megabytes,
            }
            for _, case, outcome in ended
        ]
    )
    how = {column: "max" if "most" in str(column) else "sum" for column in table.columns[1:]}
    table = pd.concat([table, table.assign(parser="all")]).groupby("parser", sort=False).agg(how).reset_index()
    return table.assign(**{"most s": table["most s"].map("{:.2f}".format), "most MB": table["most MB"].map("{:.0f}".format)})


def _markdown(table: pd.DataFrame) -> str:
    return as_markdown(table, dict.fromkeys(table.columns, TEXT))


def _report(ended: list[tuple[int, Case, Outcome]], reached: pd.DataFrame, seed: int) -> str:
    parsed = sum(outcome.parsed for _, _, outcome in ended)
    failed = sum(not outcome.good for _, _, outcome in ended)
    valid, by_hand = len(seeds()), len(traps())
    return f"""# Bad input

Written by `python -m tests.fuzz --seed {seed}`. {len(ended):,} inputs, of which {parsed:,} reached their parser:
{valid} valid files of every kind the demo reads, {by_hand} made by hand to do harm, the others valid ones damaged at random.
Each has to end in a right answer or in a clear message, within {MOST_SECONDS:g} s of processor time and {MOST_MEGABYTES} MB of
memory; {failed:,} did not.

{_markdown(ending_table(ended))}
Lines of the parsers' functions that the inputs reached:

{_markdown(reached)}"""


def main(arguments: list[str] | None = None) -> None:
    """Run it.

    Parameters
    ----------
    arguments : list of str, optional
        Command line without the name of the program.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--enough", metavar="N", type=int, default=ENOUGH, help="inputs that have to reach their parser")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="decides on the damage")
    parser.add_argument("--only", metavar="NUMBER", type=int, help="show this input and how it ends")
    parser.add_argument("--workers", metavar="N", type=int, default=2, help="processes that read at once")
    parser.add_argument("--out", metavar="FILE", type=Path, default=Path("results/fuzzing.md"), help="where the tables go")
    options = parser.parse_args(arguments)
    if options.only is not None:
        case = next(itertools.islice(inputs(options.seed), options.only, None))
        print(case.parser, case.kind, case.damage, {name: len(content) for name, content in case.files.items()}, attempt(case))
        return
    with tempfile.TemporaryDirectory() as folder:
        with closing(Workers(options.workers, Path(folder))) as workers:
            ended = list(until_enough(options.enough, options.seed, workers))
        report = _report(ended, line_coverage(Path(folder)), options.seed)
    options.out.write_text(report, encoding="utf-8")
    print(report)
    findings = [each for each in ended if not each[2].good]
    for number, case, outcome in findings[:SHOWN]:
        print(
            f"{number}: {case.kind}, {' and '.join(case.damage)}: {outcome.verdict}: {ascii(outcome.detail)[:400]}",
            file=sys.stderr,
        )
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
