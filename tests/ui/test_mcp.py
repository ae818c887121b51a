"""The demo as an agent uses it: with a client of the Model Context Protocol."""

import ast
import asyncio
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool

from tests.io.test_beat_parser import GOOD
from tests.test_app import ENDPOINTS

Calls = list[tuple[str, dict[str, Any]]]


def use(url: str, calls: Calls) -> tuple[list[Tool], list[CallToolResult]]:
    """List the tools of a server, and call some of them."""

    async def session() -> tuple[list[Tool], list[CallToolResult]]:
        async with streamable_http_client(url) as (read, write, _), ClientSession(read, write) as client:
            await client.initialize()
            tools = await client.list_tools()
            return tools.tools, [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(session())


@pytest.fixture(scope="module")
def url(demo: tuple[str, int]) -> str:
    """Where the demo serves agents."""
    return f"{demo[0]}/gradio_api/mcp/"


def text(result: CallToolResult) -> str:
    """Return what a tool says."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_the_endpoints_are_described_tools(url: str) -> None:
    tools, _ = use(url, [])
    assert {f"/{tool.name}" for tool in tools} == set(ENDPOINTS)
    by_name = {tool.name: tool for tool in tools}
    assert "Classify one beat with all models" in (by_name["classify_beat"].description or "")
    described = by_name["classify_beat"].inputSchema["properties"]["beat"]
    assert "187 numbers from 0 to 1" in described["description"]


def test_an_agent_has_a_sample_classified(url: str) -> None:
    _, (listed,) = use(url, [("sample_beats", {})])
    sample = ast.literal_eval(text(listed))[0]  # Gradio writes what a tool returns as Python does
    _, (answered,) = use(url, [("classify_beat", {"beat": sample["beat"]})])
    assert not answered.isError
    assert {model["label"] for model in ast.literal_eval(text(answered))["models"].values()} == {sample["label"]}


def test_a_wrong_beat_is_refused_with_its_cause(url: str) -> None:
    _, (short, missing) = use(url, [("classify_beat", {"beat": GOOD[:100]}), ("classify_beat", {})])
    assert short.isError
    assert "The beat has 100 values. A beat is 187 numbers" in text(short)
    assert missing.isError
    assert "no list of numbers" in text(missing)
