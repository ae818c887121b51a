"""Compare detectors of R peaks on the MIT-BIH records.

    python -m benchmarks.detectors --mitdb DIR      # some minutes; needs SleepECG and NeuroKit2

Writes ``results/detectors.csv``, one row for each record and detector, and ``results/detectors.md``. The rules are those of
ANSI/AAMI EC57: a beat is detected if it is matched with a detection within 150 ms, and episodes of ventricular flutter (in
record 207) are excluded. One exception: the first five minutes count too, which WFDB's ``bxb`` skips by default.
"""

import argparse
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm
from wfdb.processing import xqrs_detect

from ecg.atomic_files import write_atomically
from ecg.classes import LABEL_OF_SYMBOL
from ecg.data import mitdb
from ecg.errors import InputError, explain_input_errors
from ecg.evaluation.beat_matching import NO_MATCH, TOLERANCE_S, match_beats
from ecg.evaluation.table_format import RIGHT, TEXT, Formats, as_markdown
from ecg.signal.r_peaks import find_peaks

Detector = Callable[[np.ndarray, float], np.ndarray]
"""Takes one lead in mV, shape (m,), and its sampling rate in Hz; returns the positions of the R peaks."""
CLOSE_S = 0.02
"""Greatest distance of a detection that is in place from the annotation, in s; some two samples of a beat in context."""
UNITS_A_MILLIVOLT = 200
SETS = {"DS1": mitdb.DS1, "DS2": mitdb.DS2, "all": mitdb.RECORDS}
RULES = (
    f"Beats of channel 0 found within {1000 * TOLERANCE_S:.0f} ms, one detection a beat, in whole records but for ventricular "
    f"flutter. In place are those within {1000 * CLOSE_S:.0f} ms. The constants of `ecg.signal.r_peaks` were tuned on DS1."
)
FORMATS: Formats = {
    **dict.fromkeys(("detector", "records", "record"), TEXT),
    **dict.fromkeys(("beats", "missed", "false", "sensitivity", "positive predictivity", "in place", "ms a record"), RIGHT),
}
WORST = 3
"""Records shown for each detector."""


def _sleepecg(ecg: np.ndarray, fs: float) -> np.ndarray:
    return _optional("sleepecg", "pip install sleepecg").detect_heartbeats(ecg, fs)


def _neurokit2(ecg: np.ndarray, fs: float) -> np.ndarray:
    neurokit2 = _optional("neurokit2", "pip install --no-deps neurokit2")  # it declares an older pandas than the project's
    rate = round(fs)
    return neurokit2.ecg_findpeaks(neurokit2.ecg_clean(ecg, sampling_rate=rate), sampling_rate=rate)["ECG_R_Peaks"]


def _xqrs(ecg: np.ndarray, fs: float) -> np.ndarray:
    return xqrs_detect(ecg, fs, verbose=False)


DETECTORS: dict[str, Detector] = {
    "ecg.signal.r_peaks": find_peaks,
    "SleepECG": _sleepecg,
    "NeuroKit2": _neurokit2,
    "WFDB xqrs": _xqrs,
}


def _optional(package: str, command: str) -> Any:
    try:
        return import_module(package)
    except ImportError as error:
        raise InputError(f"{package} is not installed; only this comparison needs it. Run `{command}`.") from error


def compare(folder: Path, names: Iterable[str] = mitdb.RECORDS) -> pd.DataFrame:
    """Run every detector on channel 0 of the records.

    Parameters
    ----------
    folder : Path
        A folder from `ecg.data.mitdb.locate`.
    names : iterable of str, optional
        Names of the records, all by default.

    Returns
    -------
    DataFrame
        One row for each record and detector: the scores of `score`, and ``seconds``, the time it took.

    Raises
    ------
    InputError
        If SleepECG or NeuroKit2 is not installed.
    """
    rows = []
    for record in tqdm(list(mitdb.read_records(folder, names)), unit="record"):
        ecg = record.signal / UNITS_A_MILLIVOLT
        for title, detect in DETECTORS.items():
            start = time.perf_counter()
            found = detect(ecg, mitdb.FS)
            seconds = time.perf_counter() - start
            rows.append({"record": record.name, "detector": title, **score(record, found), "seconds": seconds})
    return pd.DataFrame(rows)


def score(record: mitdb.Record, found: np.ndarray) -> dict[str, float]:
    """Compare the detections in one record with its annotated beats.

    Parameters
    ----------
    record : Record
        The record.
    found : ndarray of int, shape (m,)
        Positions of the detected R peaks, in temporal order.

    Returns
    -------
    dict of str to float
        The number of annotated ``beats``, of ``missed`` ones and of ``false`` detections; ``sensitivity`` and ``positive
        predictivity``, 0 to 1; the number of detections within 20 ms of the annotation (``close``); median (``offset``,
        positive for late) and standard deviation (``spread``) of their distance from it in ms. NaN where there is no beat to
        compute it of.
    """
    is_beat = np.isin(record.symbols, list(LABEL_OF_SYMBOL))
    beats = _without_flutter(record, record.samples[is_beat])
    found = _without_flutter(record, found)
    matches = match_beats(beats, found, TOLERANCE_S * mitdb.FS)
    is_found = matches != NO_MATCH
    offsets = (found[matches[is_found]] - beats[is_found]) / mitdb.FS
    return {
        "beats": len(beats),
        "missed": int((~is_found).sum()),
        "false": int(len(found) - is_found.sum()),
        "sensitivity": len(offsets) / len(beats) if len(beats) else np.nan,
        "positive predictivity": len(offsets) / len(found) if len(found) else np.nan,
        "close": int((np.abs(offsets) <= CLOSE_S).sum()),
        "offset": 1000 * float(np.median(offsets)) if len(offsets) else np.nan,
        "spread": 1000 * float(np.std(offsets)) if len(offsets) else np.nan,
    }


def _without_flutter(record: mitdb.Record, positions: np.ndarray) -> np.ndarray:
    starts, ends = (record.samples[record.symbols == bracket] for bracket in "[]")
    ends = np.append(ends, [len(record.signal)] * (len(starts) - len(ends)))  # an episode may last until the end of the record
    is_flutter = (positions[:, None] >= starts) & (positions[:, None] <= ends)  # (m, episodes)
    return positions[~is_flutter.any(axis=1)]


def pooled(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table for people: the records of DS1, of DS2 and all of them pooled, one row for each detector and set.

    Every beat counts equally ("gross" in EC57). ``in place`` is the share of detected beats within 20 ms of the annotation.
    The time is the median for a record of half an hour.
    """
    rows = []
    for detector, of_detector in table.groupby("detector", sort=False):
        for name, records in SETS.items():
            of_set = of_detector[of_detector["record"].isin(records)]
            beats, missed, false, close = of_set[["beats", "missed", "false", "close"]].sum()
            if beats:
                rows.append(
                    {
                        "detector": detector,
                        "records": name,
                        **_figures(beats, missed, false),
                        "in place": f"{close / max(beats - missed, 1):.2%}",
                        "ms a record": f"{1000 * of_set['seconds'].median():,.0f}",
                    }
                )
    return pd.DataFrame(rows)


def worst_records(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table for people: the three records with the most errors of each detector."""
    ordered = table.assign(errors=table["missed"] + table["false"]).sort_values("errors", ascending=False, kind="stable")
    worst = [ordered[ordered["detector"] == detector].head(WORST) for detector in DETECTORS]
    rows = [
        {"detector": row["detector"], "record": row["record"], **_figures(row["beats"], row["missed"], row["false"])}
        for _, row in pd.concat(worst).iterrows()
    ]
    return pd.DataFrame(rows)


def _figures(beats: int, missed: int, false: int) -> dict[str, str]:
    hits = beats - missed
    return {
        "beats": f"{beats:,}",
        "missed": f"{missed:,}",
        "false": f"{false:,}",
        "sensitivity": f"{hits / beats:.2%}",
        "positive predictivity": f"{hits / max(hits + false, 1):.2%}",
    }


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Compare the detectors, write and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mitdb", metavar="DIR", type=Path, help="folder of the records; default: downloaded")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path(), help="folder of results/; default: this folder")
    options = parser.parse_args(arguments)
    table = compare(mitdb.locate(options.mitdb))
    sets, worst = (as_markdown(rows, FORMATS) for rows in (pooled(table), worst_records(table)))
    text = f"{RULES}\n\n{sets}\nThe records with the most errors:\n\n{worst}"
    results = options.out / "results"
    results.mkdir(parents=True, exist_ok=True)
    write_atomically(results / "detectors.csv", table.to_csv(index=False, float_format="%.4g"))
    write_atomically(results / "detectors.md", text)
    print(text)


if __name__ == "__main__":
    main()
