"""The beat on the page, large, and what the models say of it."""

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
from ecg.inference.verdict import answer_table, looked_at, verdict
from ui.listeners import PRIVATE

Shown = tuple[Any, ...]
ABOUT_LOOKING = (
    "The stronger the orange, the more of the answer is lost when a stretch of 0.1 s there is covered by a straight line "
    "([occlusion](https://arxiv.org/abs/1311.2901)). It tells what the model used, not whether it was right to."
)


@dataclass(frozen=True)
class Reading:
    """What has been worked out of the beat on the page, so that to see where another model looks takes no model.

    Attributes
    ----------
    beat : ndarray of float32, shape (187,)
        The beat.
    title : str
        What it is.
    labels : dict of str to str
        What each model says.
    importances : dict of str to ndarray, shape (187,)
        Where each model looks.
    """

    beat: np.ndarray
    title: str
    labels: dict[str, str]
    importances: dict[str, np.ndarray]


class BeatReading:
    """The components that show a beat and its reading.

    Parameters
    ----------
    models : dict of str to Model
        The models that read beats.
    first : Template
        The sample beat that is shown first.

    Attributes
    ----------
    looker : gradio.Radio
        The model of which one sees where it looks: an input of every listener that shows a beat.
    outputs : list of gradio component
        The outputs of every such listener.
    """

    def __init__(self, models: dict[str, Model], first: Template) -> None:
        self.models = models
        self.titles = {name: model.title for name, model in models.items()}
        names = list(models)
        said, seen, beat, look, probabilities, table, reading = self.read_template(first, names[0])
        choices = [(title, name) for name, title in self.titles.items()]
        self.looker = gr.Radio(choices, value=names[0], label="Where did it look?", elem_id="looker", render=False)
        self.outputs = [
            gr.Markdown(said, elem_id="verdict", render=False),
            gr.Markdown(seen, elem_id="appearance", render=False),
            gr.Plot(beat, show_label=False, elem_id="beat", render=False),
            gr.Markdown(look, elem_id="look", render=False),
            gr.Plot(probabilities, show_label=False, elem_id="probabilities", render=False),
            gr.Dataframe(table, label="Probabilities", interactive=False, elem_id="answers", render=False),
            gr.State(reading, render=False),
        ]

    def render(self) -> None:
        """Add the components to the app that is being composed."""
        said, seen, beat, look, probabilities, table, reading = self.outputs
        for component in (said, beat, self.looker, look):
            component.render()
        gr.Markdown(ABOUT_LOOKING)
        for component in (seen, probabilities, table, reading):
            component.render()
        self.looker.change(self.look, [reading, self.looker], [beat, look], **PRIVATE)

    def read(
        self, beat: np.ndarray, title: str, looker: str, truth: str | None = None, symbol: str | None = None, link: str = ""
    ) -> Shown:
        """Let the models read a beat.

        Parameters
        ----------
        beat : ndarray of float32, shape (187,)
            The beat.
        title : str
            What it is.
        looker : str
            The model of which one sees where it looks.
        truth, symbol : str, optional
            Its class and its MIT-BIH symbol, where they are known.
        link : str, default ""
            A link to it, in Markdown.

        Returns
        -------
        tuple
            The values of `outputs`.
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
        """Let the models read a sample beat.

        Parameters
        ----------
        template : Template
            The sample beat.
        looker : str
            The model of which one sees where it looks.

        Returns
        -------
        tuple
            The values of `outputs`.
        """
        title = f"{template.symbol}: {template.meaning}<br>record {template.record}, mean of {template.averaged} beats"
        link = f"[Link to this beat](?sample={sample_id(template)})"
        beat = np.array(template.beat, dtype=np.float32)
        return self.read(beat, title, looker, template.label, template.symbol, link)

    def look(self, reading: Reading, looker: str) -> tuple[Any, str]:
        """Show where a model looked.

        Parameters
        ----------
        reading : Reading
            What has been worked out of the beat.
        looker : str
            The model.

        Returns
        -------
        plotly.graph_objects.Figure
            The beat.
        str
            A sentence.
        """
        importance = reading.importances[looker]
        sentence = looked_at(self.titles[looker], reading.labels[looker], importance)
        return beat_figure(reading.beat, reading.title, importance), sentence
