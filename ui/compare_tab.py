"""The tab "Compare": the results of the models."""

from pathlib import Path

import gradio as gr
import pandas as pd

from ecg.atomic_files import read_json
from ecg.evaluation.table_format import formatted, sort_keys
from ecg.networks.registry import REFERENCE_TITLES

OVERVIEW = """## How good are they?
That depends on the patients. **Intra-patient**: other beats of the same patients were in training (a random split, as in the
Kaggle set). **Inter-patient**: no beat of the patients was in training (trained on the 22 records of DS1, tested on the 22 of
DS2). The Kaggle beat starts at the R peak and is scaled by itself, so it holds neither the P wave nor the RR interval before.
The **beat in context** holds both, and is compared with its neighbours; the last four columns are inter-patient results of it.
Macro-F1 is the mean F1 of N, S, V and F."""

INTRA_PATIENT = """## Patients seen in training (intra-patient)
The test set has {beats:,} beats that no model saw in training: a random fifth of all beats. **Other beats of the same patients
were in the training set.** Each figure is the mean over the seeds, ± their standard deviation. The interval covers the choice
of test beats and seeds. Accuracy hides the rare classes: always answering N gives {floor:.1%}. Macro-F1, here the mean F1 of
the five classes, does not hide them."""

INTER_PATIENT = """## Patients never seen (inter-patient)
The same architectures on beats in context, trained on DS1 and tested on DS2: no patient is in both. All choices were made by
cross-validation over the records of DS1, except the synthetic RR augmentation. That was added after an earlier configuration
had failed on DS2, with its record 232 in mind, so F1 of S is too high. The intervals come from a bootstrap over whole records:
22 patients tell little of others."""

DETAILS = {
    "classes": (
        "How good are they on each class?",
        "Sensitivity (Se): the share of the beats of a class that the model recognises. Positive predictivity (+P): the share "
        "of the beats given this class that have it. F1 is their harmonic mean. Empty where a class is never predicted.",
    ),
    "differences": (
        "Which differences are significant?",
        "The figure of one model minus that of the other, on the same test beats. Where p (adjusted for the number of pairs "
        "by Holm's method) is above 0.05, these beats and seeds do not show a difference.",
    ),
    "calibration": (
        "Are their probabilities calibrated?",
        "Expected calibration error (ECE) and Brier score, before and after vector scaling: 0 is best. A model answers *with "
        "confidence* above the probability at which 99.7 % of its answers on validation beats are right.",
    ),
    "cost": (
        "What do they cost?",
        "Training is in minutes of one CPU core. Latency is that of ONNX Runtime on 2 cores. A record is half an hour: 2,280 "
        "beats.",
    ),
}
INTER_PATIENT_DETAILS = {
    "record_subsets": (
        "Which records decide the result?",
        "Sensitivity (Se) and positive predictivity (+P) of S and V, with and without the records that decide most.",
    ),
    "records": (
        "How good are they on each record?",
        "Empty where a record has no such beat, or none is predicted.",
    ),
    "ablation": (
        "What does the context add?",
        "Results by what the models are given of a beat. Empty cells were not measured.",
    ),
}
FIGURES = {
    "confusion_matrices": (
        "Confusion matrices, of each model's best seed",
        "A row is the class of the beat, a column the answer of the model, the shade the share of the row. Errors are off the "
        "diagonal.",
    ),
    "precision_recall": (
        "Precision and recall, of each model's best seed",
        "Precision (+P) against recall (Se) of each class, for every threshold of the probability. The nearer to the upper "
        "right corner, the better.",
    ),
    "reliability": (
        "Reliability before and after calibration, all seeds",
        "How often answers of a given probability are right. On the diagonal a model is right as often as it says.",
    ),
    "learning_curves": (
        "Learning curves, all seeds",
        "Macro-F1 by epoch of training. Where only the curve of the training beats rises, the model overfits.",
    ),
}


def build(results: Path) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    results : Path
        The folder of the results, one folder a protocol.
    """
    gr.Markdown(OVERVIEW + " The menu (⋮) beside the name of a column sorts by it.")
    _add_table(results / "overview.csv", "Intra-patient and inter-patient, side by side", "overview")
    intra_patient = results / "intra_patient"
    comparison = pd.read_csv(intra_patient / "comparison.csv").set_index("model", drop=False)
    floor = comparison.loc[REFERENCE_TITLES["majority_class"], "accuracy"]
    gr.Markdown(INTRA_PATIENT.format(beats=read_json(intra_patient / "metrics.json")[0]["beats"], floor=floor))
    _add_protocol(intra_patient, "Patients seen in training (intra-patient)", DETAILS)
    gr.Markdown(INTER_PATIENT)
    details = DETAILS | INTER_PATIENT_DETAILS
    _add_protocol(results / "inter_patient", "Patients never seen (inter-patient)", details)


def _add_protocol(folder: Path, label: str, details: dict[str, tuple[str, str]]) -> None:
    with gr.Column(elem_id=folder.name):
        _add_table(folder / "comparison.csv", label, f"{folder.name}-comparison")
        _add_details(folder, details)
        _add_figures(folder / "figures", folder.name)


def _add_details(folder: Path, details: dict[str, tuple[str, str]]) -> None:
    for name, (question, explanation) in details.items():
        with gr.Accordion(question, open=False):
            gr.Markdown(explanation)
            file = folder.parent / "ablation.csv" if name == "ablation" else folder / f"{name}.csv"
            _add_table(file, question, f"{folder.name}-{name}")


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
    keys = sort_keys(table)
    gr.Dataframe(
        {  # a column is sorted by its numbers; the page shows their text
            "headers": list(text),
            "data": keys.astype(object).where(keys.notna(), None).to_numpy().tolist(),
            "metadata": {"display_value": text.to_numpy().tolist(), "styling": None},
        },
        datatype=["number" if pd.api.types.is_numeric_dtype(keys[name]) else "str" for name in keys],
        label=label,
        interactive=False,
        elem_id=elem_id,
        elem_classes="comparison",
    )
