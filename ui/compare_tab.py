"""The tab that compares the models."""

import gradio as gr
import pandas as pd

from ecg.classifier import Model
from ecg.comparison import comparison_table, formatted

EXPLANATION = """### How good are they?
Measured once, on {beats:,} test beats that no model saw in training: a random fifth of all beats (the intra-patient protocol,
as in the Kaggle set). **Other beats of the same patients were in the training set**, so that these figures hold for patients a
model knows, not for strangers.

Accuracy hides the rare classes: always answering N is right in {floor:.1%} of the cases. Macro-F1, the mean of the F1 of the
five classes, does not."""


def build(models: dict[str, Model]) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    models : dict of str to Model
        The models compared.
    """
    metrics = [model.metrics for model in models.values()]
    confusion = metrics[0]["confusion_matrix"]
    gr.Markdown(EXPLANATION.format(beats=metrics[0]["beats"], floor=sum(confusion[0]) / metrics[0]["beats"]))
    table: pd.DataFrame = formatted(comparison_table(metrics))
    gr.Dataframe(table, label="The five models on the test set", interactive=False, elem_id="comparison")
