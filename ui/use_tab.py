"""The tab "Use it": how to use the models elsewhere."""

from urllib.parse import urlsplit

import gradio as gr
import pandas as pd
from huggingface_hub import constants

from ecg.evaluation.table_format import TEXT, Formats, as_markdown
from hub.pull import ModelSet
from hub.repositories import model_repository
from ui.listeners import PRIVATE_MINIMAL
from ui.snippets import NAMESPACE, Snippet, snippets_of_the_demo, snippets_of_the_hub

MODEL_FORMATS: Formats = {
    **dict.fromkeys(("model", "protocol", "trained at commit", "published as"), TEXT),
    "seed": "{:d}",
}
NOT_A_MEDICAL_DEVICE = """## What this is not
**Not a medical device.** It is for teaching and research, and must not be used to diagnose or to treat anyone. The models
were trained on 47 people, recorded between 1975 and 1979. *Compare* shows how often they are wrong on patients not seen in
training. No authority has examined them. What you upload stays on the machine that serves this page, and is deleted after
about an hour."""


def build(demo: gr.Blocks, served: ModelSet, namespace: str | None) -> None:
    """Add the tab's content to the app that is being composed.

    Parameters
    ----------
    demo : gradio.Blocks
        The app.
    served : ModelSet
        The models that answer.
    namespace : str or None
        Of the Hugging Face Hub: who has published the models, if anyone.
    """
    gr.Markdown("## Ask this demo\nThe endpoints are described under *Use via API* at the foot of the page.")
    codes = [_add_snippet(snippet) for snippet in snippets_of_the_demo()]
    hint = "" if namespace else f" Replace {NAMESPACE} by the namespace that has published them."
    gr.Markdown(f"## Take a model\nFrom the Hugging Face Hub, without this demo.{hint}")
    for snippet in snippets_of_the_hub(namespace or NAMESPACE):
        _add_snippet(snippet)
    gr.Markdown(f"## Which models answer here\nFrom: {served.source}.\n\n{_models_table(served, namespace)}", elem_id="models")
    gr.Markdown(NOT_A_MEDICAL_DEVICE)
    demo.load(_fill_in_address, [], codes, **PRIVATE_MINIMAL)


def _add_snippet(snippet: Snippet) -> gr.Code:
    gr.Markdown(snippet.requirements)
    # without a language: the colours of the highlighting have too little contrast
    return gr.Code(
        snippet.code, language=None, interactive=False, label=snippet.title, wrap_lines=True, show_line_numbers=False
    )


def _fill_in_address(request: gr.Request) -> list[str]:
    """Put the address of the page, as the browser has it, into the code."""
    origin = urlsplit(request.headers.get("origin", ""))
    snippets = snippets_of_the_demo(f"{origin.scheme}://{origin.netloc}") if origin.netloc else snippets_of_the_demo()
    return [snippet.code for snippet in snippets]


def _models_table(served: ModelSet, namespace: str | None) -> str:
    rows = []
    for model in [*served.for_beats.values(), *served.for_recordings.values()]:
        metrics = model.metrics
        repository = namespace and model_repository(namespace, metrics["architecture"], metrics["protocol"])
        rows.append(
            {
                "model": model.title,
                "protocol": metrics["protocol"],
                "seed": metrics["seed"],
                "trained at commit": (model.commit or "unknown")[:7],
                "published as": f"[{repository}]({constants.ENDPOINT}/{repository})" if repository else "",
            }
        )
    return as_markdown(pd.DataFrame(rows), MODEL_FORMATS)
