"""A client of the Hub whose requests time out."""

import httpx2
from huggingface_hub import HfApi, constants, set_client_factory
from huggingface_hub.utils._http import default_client_factory

LONGEST_SILENCE_S = 3 * constants.HF_HUB_DOWNLOAD_TIMEOUT
"""How long the Hub may be silent. HF_HUB_DOWNLOAD_TIMEOUT is meant for files; the Hub takes longer for a commit."""


def client() -> HfApi:
    """Return a client whose requests end if the Hub stays silent. Most requests of `HfApi` have no timeout."""
    set_client_factory(_client_with_limit)  # requests that huggingface_hub makes by itself use it too
    return HfApi()


def _client_with_limit() -> httpx2.Client:
    session = default_client_factory()
    session.event_hooks["request"].append(_limit_silence)
    return session


def _limit_silence(request: httpx2.Request) -> None:
    timeouts = request.extensions["timeout"]
    request.extensions["timeout"] = {
        phase: LONGEST_SILENCE_S if timeout_s is None else timeout_s for phase, timeout_s in timeouts.items()
    }
