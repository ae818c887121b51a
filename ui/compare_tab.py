"""The tab that compares the models, from the measured results."""

from pathlib import Path

import gradio as gr
import pandas as pd

from ecg.atomic_files import read_json
from ecg.evaluation.table_format import formatted
from ecg.networks.registry import REFERENCE_TITLES

SIDE_BY_SIDE = """## How good are they?
It depends on whom you ask about. **Known** patients have other beats in the training set (the intra-patient protocol, a random
split, as in the Kaggle set); **strangers** have none (the inter-patient protocol: trained on the 22 records of DS1, tested on
the 22 of DS2). The Kaggle beat starts at the R peak and is scaled by itself, so that it holds neither the P wave nor the RR
interval before. The **beat in context** holds both, and is compared with the beats around: that is how the last four columns
read strangers. Macro-F1 is the mean of the F1 of N, S, V and F."""

KNOWN = """## Patients they know
On {beats:,} test beats that no model saw in training: a random fifth of all beats. **Other beats of the same patients were in
the training set.** Each figure is the mean over the seeds, ± their standard deviation; the interval is what other test beats
and other seeds might have given. Accuracy hides the rare classes: always answering N is right in {floor:.1%} of the cases.
Macro-F1, here the mean of the F1 of the five classes, does not."""

STRANGERS = """## Strangers
The same architectures on beats in context, trained on DS1 and tested on DS2, whom they had never met. Everything was chosen
by cross-validation over the records of DS1, but for the rr_augmentation of made-up rhythms: that was decided on after an earlier
configuration had failed on DS2, with its record 232 in mind, so that F1 of S flatters. For the intervals whole records were
drawn anew: they say how little 22 people tell of others."""

DETAILS = {
    "classes": (
        "Which classes do they find?",
        "Sensitivity (Se): of the beats of a class, how many the model finds. Positive predictivity (+P): of the beats it "
        "calls so, how many are. F1 is their harmonic mean. Empty where a class is never predicted.",
    ),
    "differences": (
        "Which differences are real?",
        "The model's figure less the other's, on the same test beats. Where p (adjusted for the number of pairs by Holm's "
        "method) is above 0.05, these beats and seeds cannot tell the two apart.",
    ),
    "calibration": (
        "Can their probabilities be believed?",
        "Expected calibration error (ECE) and Brier score, before and after vector scaling: 0 is best. A model answers *with "
        "confidence* when it is as sure as it has to be to be right in 99.7 % of the validation beats.",
    ),
    "cost": (
        "What do they cost?",
        "Training is in minutes of one CPU core. Latency is that of ONNX Runtime on 2 cores; a record is half an hour of "
        "beats, 2,280.",
    ),
}
OF_STRANGERS = {
    "strangers": (
        "What does it hang on?",
        "Sensitivity (Se) and positive predictivity (+P) of S and V, with and without the records that decide most.",
    ),
    "records": ("Which strangers?", "Record by record; empty where a record has no such beat, or none is predicted."),
    "ablation": (
        "What is the context worth?",
        "Figures by what the models are given of a beat. Empty cells were not measured.",
    ),
}
FIGURES = {
    "confusion_matrices": (
        "Confusion matrices, of each model's best seed",
        "A row is what the beat is, a column what the model says, the shade the share of the row: the errors stand off the "
        "diagonal.",
    ),
    "precision_recall": (
        "Precision and recall, of each model's best seed",
        "What part of a class is found (recall) against how much of what is found is right (precision), as less or more "
        "certainty is asked for. The nearer to the upper right corner, the better.",
    ),
    "reliability": (
        "Reliability before and after calibration, all seeds",
        "How often answers of a given confidence are right. On the diagonal a model is as often right as it says.",
    ),
    "learning_curves": (
        "Learning curves, all seeds",
        "Macro-F1 by epoch of training. Where the curve of the training beats goes on rising and the other does not, the "
        "model learns its training beats by heart.",
    ),
}


def build(results: Path) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    results : Path
        The folder of the measured results, one folder a protocol.
    """
    gr.Markdown(SIDE_BY_SIDE + " The menu (⋮) beside the name of a column sorts by it.")
    _add_table(results / "overview.csv", "Known patients and strangers, side by side", "overview")
    measured = results / "intra_patient"
    comparison = pd.read_csv(measured / "comparison.csv").set_index("model", drop=False)
    floor = comparison.loc[REFERENCE_TITLES["majority_class"], "accuracy"]
    gr.Markdown(KNOWN.format(beats=read_json(measured / "metrics.json")[0]["beats"], floor=floor))
    with gr.Column(elem_id="known"):
        _add_table(measured / "comparison.csv", "Patients seen in training (intra-patient)", "known-comparison")
        _add_details(measured, DETAILS, "known")
        _add_figures(measured / "figures", "known")
    gr.Markdown(STRANGERS)
    measured = results / "inter_patient"
    with gr.Column(elem_id="strangers"):
        _add_table(measured / "comparison.csv", "Patients never seen (inter-patient)", "strangers-comparison")
        _add_details(measured, DETAILS | OF_STRANGERS, "strangers")
        _add_figures(measured / "figures", "strangers")


def _add_details(measured: Path, details: dict[str, tuple[str, str]], section: str) -> None:
    for name, (question, explanation) in details.items():
        with gr.Accordion(question, open=False):
            gr.Markdown(explanation)
            file = measured.parent / "ablation.csv" if name == "ablation" else measured / f"{name}.csv"
            _add_table(file, question, f"{section}-{name}")


def _add_figures(folder: Path, section: str) -> None:
    with gr.Accordion("Figures", open=False):
        for name, (label, explanation) in FIGURES.items():
            gr.Markdown(f"**{label}.** {explanation}")
            gr.Image(
                str(folder / f"{name}.png"),
                show_label=False,
                alt_text=label,
                buttons=["fullscreen"],
                interactive=False,
                elem_id=f"{section}-{name}",
            )


def _add_table(file: Path, label: str, elem_id: str) -> None:
    table = pd.read_csv(file)
    text = formatted(table)
    numbers = table[[name for name in table.columns if not name.endswith((" SD", " high"))]]
    gr.Dataframe(
        {  # the numbers sort a column, their text is what one sees
            "headers": list(text),
            "data": numbers.astype(object).where(numbers.notna(), None).to_numpy().tolist(),
            "metadata": {"display_value": text.to_numpy().tolist(), "styling": None},
        },
        datatype=["number" if pd.api.types.is_numeric_dtype(numbers[name]) else "str" for name in numbers],
        label=label,
        interactive=False,
        elem_id=elem_id,
        elem_classes="comparison",
    )
