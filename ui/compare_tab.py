"""The tab that compares the models, from the measured results."""

from pathlib import Path

import gradio as gr
import pandas as pd

from ecg.comparison import formatted
from ecg.files import read_json
from ecg.names import REFERENCE_TITLES

EXPLANATION = """### How good are they?
Measured at the end, on {beats:,} test beats that no model saw in training: a random fifth of all beats (the intra-patient
protocol, as in the Kaggle set). **Other beats of the same patients were in the training set**, so that these figures hold for
patients a model knows, not for strangers.

Each figure is the mean over the seeds, ± their standard deviation; the interval is what other test beats and other seeds might
have given. Accuracy hides the rare classes: always answering N is right in {floor:.1%} of the cases. Macro-F1, the mean of
the F1 of the five classes, does not."""

STRANGERS = """### And for strangers?
The same architectures, trained anew on the 22 records of DS1 and tested on the 22 records of DS2, whom they had never met. The
supraventricular and fusion beats are lost: a beat that starts at the R peak and is scaled by itself does not hold what gives
those away in a stranger, such as the P wave and the RR interval before. For the intervals whole records were drawn anew: they
say how little 22 people tell of others."""

DETAILS = {
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
FIGURES = {
    "confusion_matrices": "Confusion matrices of the models one can try here",
    "precision_recall": "Precision and recall of the models one can try here",
    "reliability": "Reliability before and after calibration, all seeds",
    "learning_curves": "Learning curves, all seeds",
}


def build(results: Path) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    results : Path
        The folder of the measured results, one folder a protocol.
    """
    measured = results / "intra_patient"
    comparison = pd.read_csv(measured / "comparison.csv").set_index("model", drop=False)
    floor = comparison.loc[REFERENCE_TITLES["majority_class"], "accuracy"]
    gr.Markdown(EXPLANATION.format(beats=read_json(measured / "metrics.json")[0]["beats"], floor=floor))
    _add_table(measured / "comparison.csv", "Patients seen in training (intra-patient)", "comparison")
    for name, (question, explanation) in DETAILS.items():
        with gr.Accordion(question, open=False):
            gr.Markdown(explanation)
            _add_table(measured / f"{name}.csv", question, name)
    with gr.Accordion("Figures", open=False):
        for name, label in FIGURES.items():
            gr.Markdown(f"**{label}**")
            picture = str(measured / "figures" / f"{name}.png")
            gr.Image(picture, show_label=False, alt_text=label, buttons=["fullscreen"], interactive=False, elem_id=name)
    gr.Markdown(STRANGERS)
    _add_table(
        results / "ablation" / "kaggle_beat" / "inter_patient" / "comparison.csv",
        "Patients never seen (inter-patient)",
        "strangers",
    )


def _add_table(file: Path, label: str, elem_id: str) -> None:
    table = formatted(pd.read_csv(file))
    gr.Dataframe(table, label=label, interactive=False, elem_id=elem_id, elem_classes="comparison")
