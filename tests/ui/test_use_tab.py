"""The code that the demo offers for copying runs as it stands."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from ecg.networks.registry import TITLES
from hub.repositories import model_repository
from tests.builders import MODELS
from tests.loopback_hub.server import HubServer
from tests.loopback_hub.user import NAMESPACE, environment
from tests.ui.test_mcp import use
from ui.snippets import ADDRESS, snippets_of_the_demo, snippets_of_the_hub


def test_python_asks_the_demo(demo: tuple[str, int]) -> None:
    code = snippets_of_the_demo(demo[0])[0].code
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert [line.split()[:2] for line in printed.splitlines()[-5:]] == [[name, "N"] for name in TITLES]


def test_the_command_line_asks_the_demo(demo: tuple[str, int]) -> None:
    code = snippets_of_the_demo(demo[0])[1].code
    printed = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.startswith("event: complete\n")
    (answer,) = json.loads(printed.partition("data: ")[2])
    assert {model["label"] for model in answer["models"].values()} == {"N"}


def test_an_agent_finds_the_demo(demo: tuple[str, int]) -> None:
    (server,) = json.loads(snippets_of_the_demo(demo[0])[2].code)["mcpServers"].values()
    tools, _ = use(server["url"], [])
    assert "classify_beat" in [tool.name for tool in tools]


@pytest.mark.parametrize("number", [0, 1])
def test_a_stranger_takes_a_model_from_the_hub(hub_of_models: HubServer, tmp_path: Path, number: int) -> None:
    snippet = snippets_of_the_hub(NAMESPACE)[number]
    assert model_repository(NAMESPACE, "cnn", "intra_patient") in snippet.code
    env = environment(hub_of_models, tmp_path)
    del env["PYTHONPATH"]
    command = [sys.executable, "-c", snippet.code]
    printed = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stdout
    said = [float(word) for word in re.findall(r"\d\.\d+(?:e[+-]\d+)?", printed)]
    stored = pd.read_csv(MODELS / "cnn" / "templates.csv").iloc[0, 2:].to_numpy(dtype=float)
    assert said == pytest.approx(stored, abs=1e-5)


def test_the_code_names_an_address_that_can_be_replaced() -> None:
    for before, after in zip(snippets_of_the_demo(), snippets_of_the_demo("https://there"), strict=True):
        assert before.code.replace(ADDRESS, "https://there") == after.code != before.code
