"""The beat on the page and the answers of the models."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

from ecg.classes import appearance
from ecg.data.sample_beats import sample_id
from ecg.data.templates import Template
from ecg.inference.beat_figures import beat_figure, probability_figure
from ecg.inference.classifier import Model, classify
from ecg.inference.occlusion import occlusion
from ecg.inference.verdict import answer_table, describe_occlusion, verdict
from ui.listeners import PRIVATE_MINIMAL

Shown = tuple[Any, ...]
"""Values of the outputs of a listener."""
ABOUT_OCCLUSION = (
    "A strong orange marks a stretch of 0.1 s that the answer depends on: it was covered by a straight line "
    "([occlusion](https://arxiv.org/abs/1311.2901)). This shows what the model used, not whether it was right."
)


@dataclass(frozen=True)
class Reading:
    """What was computed for the beat on the page. With it, the occlusion of another model is shown without running a model.

    Attributes
    ----------
    beat : ndarray of float32, shape (187,)
    title : str
    labels : dict of str to str
        The answer of each model.
    importances : dict of str to ndarray, shape (187,)
        The occlusion of each model.
    """

    beat: np.ndarray
    title: str
    labels: dict[str, str]
    importances: dict[str, np.ndarray]


class BeatReading:
    """The components that show a beat and the answers; the page opens with the sample beat `first`.

    Attributes
    ----------
    looker : gradio.Radio
        The model whose occlusion is shown: an input of every listener that shows a beat.
    outputs : list of gradio component
        The outputs of every such listener.
    """

    def __init__(self, models: dict[str, Model], first: Template) -> None:
        self.models = models
        self.titles = {name: model.title for name, model in models.items()}
        names = list(models)
        answer, description, beat, look, probabilities, table, reading = self.read_template(first, names[0])
        choices = [(title, name) for name, title in self.titles.items()]
        self.looker = gr.Radio(choices, value=names[0], label="Where did it look?", elem_id="looker", render=False)
        self.outputs = [
            gr.Markdown(answer, elem_id="verdict", render=False),
            gr.Markdown(description, elem_id="appearance", render=False),
            gr.Plot(beat, show_label=False, elem_id="beat", render=False),
            gr.Markdown(look, elem_id="look", render=False),
            gr.Plot(probabilities, show_label=False, elem_id="probabilities", render=False),
            gr.Dataframe(table, label="Probabilities", interactive=False, elem_id="answers", render=False),
            gr.State(reading, render=False),
        ]

    def render(self) -> None:
        """Add the components to the app that is being composed."""
        answer, description, beat, look, probabilities, table, reading = self.outputs
        for component in (answer, beat, self.looker, look):
            component.render()
        gr.Markdown(ABOUT_OCCLUSION)
        for component in (description, probabilities, table, reading):
            component.render()
        self.looker.change(self.look, [reading, self.looker], [beat, look], **PRIVATE_MINIMAL)

    def read(
        self, beat: np.ndarray, title: str, looker: str, truth: str | None = None, symbol: str | None = None, link: str = ""
    ) -> Shown:
        """Classify a beat with all models, and return the values of `outputs`.

        Parameters
        ----------
        beat : ndarray of float32, shape (187,)
            The beat.
        title : str
            Of its figure.
        looker : str
            The model whose occlusion is shown.
        truth, symbol : str, optional
            Its class and its MIT-BIH symbol, if there is an annotation.
        link : str, default ""
            A link to the beat, in Markdown.
        """
        answers = classify(self.models, beat)
        labels = {name: answer["label"] for name, answer in answers.items()}
        reading = Reading(beat, title, labels, occlusion(self.models, beat))
        figure, look = self.look(reading, looker)
        return (
            verdict(answers, self.titles, truth),
            " ".join([appearance(symbol) if symbol else "", link]),
            figure,
            look,
            probability_figure(answers, self.titles),
            answer_table(answers, self.titles),
            reading,
        )

    def read_template(self, template: Template, looker: str) -> Shown:
        """Classify a sample beat with all models, and return the values of `outputs`."""
        title = f"{template.symbol}: {template.meaning}<br>record {template.record}, mean of {template.averaged} beats"
        link = f"[Link to this beat](?sample={sample_id(template)})"
        beat = np.array(template.beat, dtype=np.float32)
        return self.read(beat, title, looker, template.label, template.symbol, link)

    def look(self, reading: Reading, looker: str) -> tuple[Any, str]:
        """Return the figure of the beat with the occlusion of a model, and a sentence on it."""
        importance = reading.importances[looker]
        sentence = describe_occlusion(self.titles[looker], reading.labels[looker], importance)
        return beat_figure(reading.beat, reading.title, importance), sentence
