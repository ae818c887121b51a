"""Let what a file says stand for itself, where Markdown or HTML is expected."""

import re

PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def verbatim(text: str) -> str:
    """Write a text so that it is shown as it is, as Markdown, as HTML and in a figure of plotly.

    Parameters
    ----------
    text : str
        A text that somebody else has written: the name of a file, of a lead, of a column.

    Returns
    -------
    str
        The same with character references in place of all punctuation.
    """
    return PUNCTUATION.sub(lambda mark: f"&#{ord(mark[0])};", text)
