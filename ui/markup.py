"""Escape text from files, where Markdown or HTML is expected."""

import re

PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def verbatim(text: str) -> str:
    """Replace all punctuation by character references, so that Markdown, HTML and plotly show the text as it is."""
    return PUNCTUATION.sub(lambda mark: f"&#{ord(mark[0])};", text)
