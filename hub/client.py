"""The client of the Hub, which does not wait for ever for one that is silent."""

import httpx2
from huggingface_hub import HfApi, constants, set_client_factory
from huggingface_hub.utils._http import default_client_factory

LONGEST_SILENCE = 3 * constants.HF_HUB_DOWNLOAD_TIMEOUT
"""Seconds that the Hub may be silent; HF_HUB_DOWNLOAD_TIMEOUT is meant for files, and a commit takes it longer."""


def client() -> HfApi:
    """Make a client whose requests end when the Hub is silent for long; most of `HfApi` would wait for ever.

    Returns
    -------
    HfApi
        The client.
    """
    set_client_factory(_impatient)  # also holds for what huggingface_hub asks on its own account
    return HfApi()


def _impatient() -> httpx2.Client:
    session = default_client_factory()
    session.event_hooks["request"].append(_limit_silence)
    return session


def _limit_silence(request: httpx2.Request) -> None:
    waits = request.extensions["timeout"]
    request.extensions["timeout"] = {what: LONGEST_SILENCE if seconds is None else seconds for what, seconds in waits.items()}
