"""The code to copy from the demo. tests/ui/test_use_tab.py runs it."""

import json
from dataclasses import dataclass

from ecg.data.sample_beats import list_samples
from hub.repositories import model_repository

ADDRESS = "http://127.0.0.1:7860"
"""Of the demo, until the browser tells another."""
NAMESPACE = "NS"
"""Stands for a namespace of the Hub, if the models have not been published by one."""


@dataclass(frozen=True)
class Snippet:
    """Code to copy, with its requirements."""

    title: str
    requirements: str
    code: str


def snippets_of_the_demo(address: str = ADDRESS) -> list[Snippet]:
    """Return the code that asks a running demo: for Python, for the command line, and for agents."""
    beat = json.dumps({"data": [list_samples()[0]["beat"]]})
    servers = {"mcpServers": {"ecg-heartbeat": {"type": "http", "url": f"{address}/gradio_api/mcp/"}}}
    return [
        Snippet("From Python", "`pip install gradio_client`", PYTHON.format(address=address)),
        Snippet("From the command line", "With `curl`, the beat written out:", CURL.format(address=address, beat=beat)),
        Snippet(
            "By an agent (Model Context Protocol)",
            "Goes into the configuration of an MCP client; the tools are the demo's endpoints.",
            json.dumps(servers, indent=2),
        ),
    ]


def snippets_of_the_hub(namespace: str = NAMESPACE) -> list[Snippet]:
    """Return the code that runs a model from the Hugging Face Hub without a demo: for Keras and for ONNX Runtime."""
    repository = model_repository(namespace, "cnn", "intra_patient")
    return [
        Snippet("With Keras", "`pip install huggingface_hub keras tensorflow pandas`", KERAS.format(repository=repository)),
        Snippet("With ONNX Runtime", "`pip install huggingface_hub onnxruntime pandas`", ONNX.format(repository=repository)),
    ]


PYTHON = """from gradio_client import Client

client = Client("{address}")
beat = client.predict(api_name="/sample_beats")[0]["beat"]  # 187 numbers from 0 to 1, at 120 Hz
answer = client.predict(beat, api_name="/classify_beat")
for name, model in answer["models"].items():
    print(name, model["label"], "" if model["confident"] else "(doubtful)")
"""
CURL = """EVENT=$(curl -s {address}/gradio_api/call/classify_beat \\
  -H 'Content-Type: application/json' -d '{beat}' | cut -d'"' -f4)
curl -s {address}/gradio_api/call/classify_beat/$EVENT
"""
KERAS = """import keras
import pandas as pd
from huggingface_hub import hf_hub_download

repository = "{repository}"
model = keras.saving.load_model(f"hf://{{repository}}")
samples = pd.read_csv(hf_hub_download(repository, "sample_beats.csv"))
beats = samples.iloc[:, 3:].to_numpy("float32")  # (n, 187)
print(model.predict(beats)[0])  # the probabilities of N S V F Q
"""
ONNX = """import onnxruntime
import pandas as pd
from huggingface_hub import hf_hub_download

repository = "{repository}"
session = onnxruntime.InferenceSession(hf_hub_download(repository, "model.onnx"))
samples = pd.read_csv(hf_hub_download(repository, "sample_beats.csv"))
beats = samples.iloc[:, 3:].to_numpy("float32")  # (n, 187)
print(session.run(None, {{"beat": beats}})[0][0])  # the probabilities of N S V F Q
"""
