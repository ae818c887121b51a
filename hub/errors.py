"""Say in words what went wrong between here and the Hub."""

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

WORDS: dict[type[Exception], str] = {
    LocalTokenNotFoundError: "there is no token. Log in with `hf auth login`, or set HF_TOKEN.",
    RevisionNotFoundError: "there is no such revision. Leave --revision out for the newest one.",
    GatedRepoError: "access has to be asked for on the repository's page.",
    RepositoryNotFoundError: "there is no such repository, or the token may not see it.",
    HFValidationError: "that is no name for a repository. A namespace is a user or an organisation.",
    OfflineModeIsEnabled: "HF_HUB_OFFLINE is set, so that the Hub is not asked.",
    LocalEntryNotFoundError: "the Hub does not answer, and there is no copy in the cache. Try again later.",
    HfHubHTTPError: "the Hub answered with status {status}. Try again later; what is done stays done.",
    httpx2.HTTPError: "the Hub does not answer. Try again later.",
    OSError: "the connection to the Hub broke, or a file could not be written. Try again.",
}
"""What to say of an error: of the first kind that it is of."""
REFUSED = {
    401: "the Hub does not accept the token. Log in anew: `hf auth login`.",
    403: "the token may not do that. Use one with write access to the namespace.",
    412: "somebody else has changed the repository meanwhile. Start again.",
}
"""What to say of an answer of the Hub with this status."""


@contextmanager
def explained(action: str) -> Iterator[None]:
    """Turn what the Hub's client raises into an error that a person understands.

    Parameters
    ----------
    action : str
        What is being done: the first words of the message.

    Yields
    ------
    None
        Runs the action.

    Raises
    ------
    InputError
        If the action fails.
    """
    try:
        yield
    except tuple(WORDS) as error:
        words = next(words for kind, words in WORDS.items() if isinstance(error, kind))
        status = error.response.status_code if isinstance(error, HfHubHTTPError) else 0
        raise InputError(f"{action}: {REFUSED.get(status, words).format(status=status)}") from error
