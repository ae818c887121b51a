"""Explain errors of the Hub's client in plain words."""

import json
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from ecg.errors import InputError

MESSAGES: dict[type[Exception], str] = {
    LocalTokenNotFoundError: "there is no token. Log in with `hf auth login`, or set HF_TOKEN.",
    RevisionNotFoundError: "there is no such revision. Leave --revision out for the newest one.",
    GatedRepoError: "access has to be asked for on the repository's page.",
    RepositoryNotFoundError: "there is no such repository, or the token may not see it.",
    HFValidationError: "that is no name for a repository. A namespace is a user or an organisation.",
    OfflineModeIsEnabled: "HF_HUB_OFFLINE is set, so that the Hub is not asked.",
    LocalEntryNotFoundError: "there is no copy in the cache, or not all of one. Try again when the Hub answers.",
    HfHubHTTPError: "the Hub answered with status {status}. Try again later; what is done stays done.",
    httpx2.HTTPError: "the Hub does not answer. Try again later.",
    json.JSONDecodeError: "what answers is not the Hub, but perhaps a proxy or the login page of a network.",
    RuntimeError: "a file could not be sent. Try again.",
    OSError: "the connection to the Hub broke, or brought something else than was announced. Try again.",
}
"""Message for each kind of error; the first kind that matches counts."""
STATUS_MESSAGES = {
    401: "the Hub does not accept the token. Log in anew: `hf auth login`.",
    403: "the token may not do that. Use one with write access to the namespace.",
    412: "somebody else has changed the repository meanwhile. Start again.",
}
"""Message for an answer of the Hub with this status."""


@contextmanager
def explained(action: str) -> Iterator[None]:
    """Turn errors of the Hub's client into an `InputError` that starts with the action, such as ``"Fetching models"``.

    Raises
    ------
    InputError
        If the action fails.
    """
    try:
        yield
    except tuple(MESSAGES) as error:
        raise InputError(f"{action}: {_message(error)}") from error
    except AttributeError as error:
        if not _is_lost_session(error):
            raise
        raise InputError(f"{action}: the connections to the Hub broke. Try again later.") from error


def _is_lost_session(error: AttributeError) -> bool:
    """Tell whether huggingface_hub used a session that another of its threads had closed after a failed connection."""
    *_, (innermost, _line) = traceback.walk_tb(error.__traceback__)
    return error.obj is None and innermost.f_globals["__name__"].startswith("huggingface_hub.")


def _message(error: Exception) -> str:
    cause = error.__cause__
    if isinstance(error, (LocalEntryNotFoundError, RuntimeError)) and isinstance(cause, Exception):
        return _message(cause)  # the reason why the cache was searched, or why sending failed
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}. Set HF_HOME to a folder that can be written and has room."
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else 0
    message = next((message for kind, message in MESSAGES.items() if isinstance(error, kind)), MESSAGES[OSError])
    return STATUS_MESSAGES.get(status, message).format(status=status)
