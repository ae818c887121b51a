"""Offer files for download: they are kept in Gradio's cache, which is emptied by age."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder


def in_cache(name: str, content: bytes) -> str:
    """Keep a file for download.

    Parameters
    ----------
    name : str
        What it is called when it is downloaded.
    content : bytes
        What it holds.

    Returns
    -------
    str
        Its path.
    """
    return save_bytes_to_cache(content, name, get_upload_folder())


def written_in_cache(write: Callable[[Path], Path]) -> str:
    """Keep a file for download that somebody else writes.

    Parameters
    ----------
    write : callable
        Writes a file into the folder it is given, and returns its path.

    Returns
    -------
    str
        Path of the copy that is kept.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder))
        return in_cache(file.name, file.read_bytes())
