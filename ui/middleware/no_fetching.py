"""Keep the server from asking other hosts for what a request names."""

from typing import Any, NoReturn

import gradio as gr
import safehttpx

REFUSAL = "The server fetches nothing from other hosts. Upload the file itself."


def fetch_nothing() -> None:
    """Let Gradio refuse the addresses that stand where files are expected.

    Gradio downloads what a request names by an address, after it has looked up whether that is a public one: of names that are
    not, it asks a public resolver. This server asks nobody.
    """
    safehttpx.get = safehttpx.async_validate_url = _refuse


async def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise gr.Error(REFUSAL, print_exception=False)
