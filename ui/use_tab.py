"""The tab that says how to use the models elsewhere."""

from urllib.parse import urlsplit

import gradio as gr
from huggingface_hub import constants

from hub.pull import ModelSet
from hub.repositories import model_repository
from ui.listeners import on_load
from ui.snippets import NAMESPACE, Snippet, snippets_of_the_demo, snippets_of_the_hub

NOT_A_MEDICAL_DEVICE = """## What this is not
**Not a medical device.** It is for teaching and research, and must not be used to diagnose or to treat anyone. The models
have learnt from 47 people, recorded between 1975 and 1979; how often they err on people they have not met stands under
*Compare*. No authority has examined them. What you upload stays on the machine that serves this page, and is deleted after a
while."""


def build(served: ModelSet, namespace: str | None) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    served : ModelSet
        The models that answer.
    namespace : str or None
        Who has published the models on the Hugging Face Hub, where it is known.
    """
    gr.Markdown("## Ask this demo\nThe endpoints are described under *Use via API* at the foot of the page.")
    codes = [_add_snippet(snippet) for snippet in snippets_of_the_demo()]
    hint = "" if namespace else f" {NAMESPACE} stands for the namespace that has published them."
    gr.Markdown(f"## Take a model\nFrom the Hugging Face Hub, without this demo.{hint}")
    for snippet in snippets_of_the_hub(namespace or NAMESPACE):
        _add_snippet(snippet)
    gr.Markdown(f"## Which models answer here\nFrom: {served.source}.\n\n{_models_table(served, namespace)}", elem_id="models")
    gr.Markdown(NOT_A_MEDICAL_DEVICE)
    on_load(_fill_in_address, [], codes)


def _add_snippet(snippet: Snippet) -> gr.Code:
    gr.Markdown(snippet.needs)
    # without a language: the colours of the highlighting have too little contrast
    return gr.Code(
        snippet.code, language=None, interactive=False, label=snippet.title, wrap_lines=True, show_line_numbers=False
    )


def _fill_in_address(request: gr.Request) -> list[str]:
    """Write the address by which the browser has reached the page into the code."""
    origin = urlsplit(request.headers.get("origin", ""))
    written = snippets_of_the_demo(f"{origin.scheme}://{origin.netloc}") if origin.netloc else snippets_of_the_demo()
    return [snippet.code for snippet in written]


def _models_table(served: ModelSet, namespace: str | None) -> str:
    lines = ["| model | protocol | seed | trained at commit | published as |", "| --- | --- | ---: | --- | --- |"]
    for model in [*served.for_beats.values(), *served.for_recordings.values()]:
        metrics = model.metrics
        repository = namespace and model_repository(namespace, metrics["architecture"], metrics["protocol"])
        commit = (model.commit or "unknown")[:7]
        link = f"[{repository}]({constants.ENDPOINT}/{repository})" if repository else ""
        lines.append(f"| {model.title} | {metrics['protocol']} | {metrics['seed']} | {commit} | {link} |")
    return "\n".join(lines)
