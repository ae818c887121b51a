"""Files for download. They are kept in Gradio's cache, from which old files are deleted."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder


def save_download(name: str, content: bytes) -> str:
    """Save a file for download under this name, and return its path."""
    return save_bytes_to_cache(content, name, get_upload_folder())


def save_written_download(write: Callable[[Path], Path]) -> str:
    """Save for download the file that `write` writes into the folder it is given, and return the path of the copy."""
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder))
        return save_download(file.name, file.read_bytes())
