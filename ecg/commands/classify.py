"""Classify the beats of one recording with all models, and print a summary.

    python -m ecg classify 100.hea                            # a WFDB header; its other files are found beside it
    python -m ecg classify night.edf --lead "ECG II" --out beats.csv
    python -m ecg classify holter.csv --fs 250 --unit mV --json

The models are those of all patients. They are for teaching and research, not for diagnosis.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from ecg.atomic_files import write_atomically
from ecg.classes import AAMI_CLASSES
from ecg.commands.arguments import add_recording_options, command_parser
from ecg.errors import explain_input_errors
from ecg.inference.classifier import load_models
from ecg.inference.recording_analysis import analyse
from ecg.inference.recording_summary import recording_beats_table, summarise, write_annotation
from ecg.inference.shipped_models import shipped_models
from ecg.io.readers import read_recording
from ecg.networks.registry import TITLES


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Classify the recording that the command line names."""
    parser = command_parser("classify", __doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the recording, or the files of a WFDB record")
    add_recording_options(parser, "a file")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the beats as CSV")
    parser.add_argument("--annotation", type=Path, metavar="FILE", help="write the classes as a WFDB annotation file")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    options = parser.parse_args(arguments)
    recording = read_recording(options.files, options.fs, options.unit, options.lead)
    analysis = analyse(recording, load_models(shipped_models()))
    if options.out:
        write_atomically(options.out, recording_beats_table(analysis).to_csv(index=False))
    if options.annotation:
        with TemporaryDirectory() as folder:
            write_atomically(options.annotation, write_annotation(analysis, Path(folder)).read_bytes())
    summary = summarise(analysis)
    print(json.dumps(summary, indent=2) if options.json else as_text(summary))


def as_text(summary: dict[str, Any]) -> str:
    """Lay out a summary from `ecg.inference.recording_summary.summarise` for a terminal."""
    rate = summary["heart_rate_bpm"]
    facts = {
        "recording": summary["recording"],
        "lead": f"{summary['lead'] or 'not named'}, {summary['unit'] or 'unit not stated'}",
        "duration": f"{summary['duration_s']:,.1f} s at {summary['sampling_rate_hz']:g} Hz, "
        f"{summary['readable_share']:.1%} readable",
        "beats": f"{summary['beats']:,}",
        "heart rate": f"{rate['mean']:g} a minute ({rate['slowest']:g} to {rate['fastest']:g})" if rate else "not known",
        "models disagree": f"{summary['models_disagree']['beats']:,} beats ({summary['models_disagree']['share']:.1%})",
    }
    counts = pd.DataFrame(
        {TITLES[name]: model_counts for name, model_counts in summary["counts_by_model"].items()}
        | {"vote of all": summary["counts"]}
    ).rename(index={label: f"{label} {heartbeat_class.name}" for label, heartbeat_class in AAMI_CLASSES.items()})
    lines = [f"{name:<16} {fact}" for name, fact in facts.items()]
    return "\n".join(
        [*lines, "", counts.astype(np.int64).to_string(), *(f"\nWarning: {each}" for each in summary["warnings"])]
    )
