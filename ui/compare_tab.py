"""The tab that compares the models."""

import gradio as gr
import pandas as pd

from ecg.classifier import Model
from ecg.comparison import comparison_table, formatted

EXPLANATION = """### How good are they?
Measured at the end, on {beats:,} test beats that no model saw in training: a random fifth of all beats (the intra-patient
protocol, as in the Kaggle set). **Other beats of the same patients were in the training set**, so that these figures hold for
patients a model knows, not for strangers.

Accuracy hides the rare classes: always answering N is right in {floor:.1%} of the cases. Macro-F1, the mean of the F1 of the
five classes, does not."""

STRANGERS = """### And for strangers?
The same architectures, trained anew on the 22 records of DS1 and tested on the 22 records of DS2, whom they had never met. The
supraventricular and fusion beats are lost: a beat that starts at the R peak and is scaled by itself does not hold what gives
those away in a stranger, such as the P wave and the RR interval before."""


def build(models: dict[str, Model], strangers: pd.DataFrame) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    models : dict of str to Model
        The models compared.
    strangers : DataFrame
        The same architectures on patients they have never seen: ``comparison.csv`` of the inter-patient protocol.
    """
    metrics = [model.metrics for model in models.values()]
    confusion = metrics[0]["confusion_matrix"]
    gr.Markdown(EXPLANATION.format(beats=metrics[0]["beats"], floor=sum(confusion[0]) / metrics[0]["beats"]))
    _add_table(comparison_table(metrics), "Patients seen in training (intra-patient)", "comparison")
    gr.Markdown(STRANGERS)
    _add_table(strangers, "Patients never seen (inter-patient)", "strangers")


def _add_table(table: pd.DataFrame, label: str, elem_id: str) -> None:
    gr.Dataframe(formatted(table), label=label, interactive=False, elem_id=elem_id, elem_classes="comparison")
