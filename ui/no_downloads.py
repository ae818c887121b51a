"""Keep the server from asking other hosts for what a request names."""

from typing import Any, NoReturn

import gradio as gr
import safehttpx

REFUSAL = "The server fetches nothing from other hosts. Upload the file itself."


def refuse_downloads() -> None:
    """Let Gradio refuse addresses that stand in the place of files.

    Gradio has no setting for this. It downloads what an address names, after it has looked up whether the host is a public
    one: for names that are not, it asks a public resolver. This server asks nobody.
    """
    safehttpx.get = safehttpx.async_validate_url = _refuse


async def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise gr.Error(REFUSAL, print_exception=False)
