"""Send repositories to the Hub, each in one commit, and put them into a collection."""

from collections.abc import Sequence
from dataclasses import dataclass

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, ModelCard

from ecg.errors import InputError
from hub.errors import explained
from hub.repositories import COLLECTION, Repository

HUB_FILE = ".gitattributes"
"""The Hub puts this file into every repository."""


@dataclass(frozen=True)
class Published:
    """A repository as it is on the Hub.

    Attributes
    ----------
    url : str
        Its page.
    commit : str
        Its newest commit.
    changed : bool
        Whether that commit is new.
    """

    url: str
    commit: str
    changed: bool


def check_access(api: HfApi, namespace: str) -> None:
    """Check that the token may write to the namespace.

    Raises
    ------
    InputError
        If there is no token, it is not accepted, or the namespace is neither its user nor one of the user's organisations.
    """
    with explained("Asking the Hub whose the token is"):
        user = api.whoami()
    namespaces = [user["name"], *(organisation["name"] for organisation in user.get("orgs", []))]
    if namespace not in namespaces:
        raise InputError(
            f"The token is for {' or '.join(namespaces)}, not for {namespace}. Choose another --namespace, or log in anew."
        )


def check_cards(repositories: Sequence[Repository]) -> None:
    """Let the Hub check the front matter of every card, before anything is sent.

    Raises
    ------
    InputError
        If the Hub does not accept a card.
    """
    for repository in repositories:
        with explained(f"Checking the card of {repository.repo_id}"):
            try:
                ModelCard.load(repository.folder / "README.md").validate(repo_type=repository.repo_type)
            except ValueError as error:
                raise InputError(f"The card of {repository.repo_id} is not valid: {error}") from error


def publish(api: HfApi, repository: Repository, private: bool, version: str | None) -> Published:
    """Make a repository on the Hub equal to a local one, in one commit.

    Parameters
    ----------
    api : HfApi
        The Hub's client.
    repository : Repository
        The local one.
    private : bool
        Whether a new repository is private.
    version : str or None
        Tag for the commit, set after all files are there.

    Raises
    ------
    InputError
        If the Hub refuses or does not answer, or the tag is at another commit.
    """
    repo_id, repo_type = repository.repo_id, repository.repo_type
    with explained(f"Publishing {repo_id}"):
        sdk = "gradio" if repo_type == "space" else None
        url = api.create_repo(repo_id, repo_type=repo_type, private=private, space_sdk=sdk, exist_ok=True)
        before = api.repo_info(repo_id, repo_type=repo_type).sha
        files = repository.files()
        obsolete = set(api.list_repo_files(repo_id, repo_type=repo_type)) - set(files) - {HUB_FILE}
        operations: list[CommitOperationAdd | CommitOperationDelete] = [
            *(CommitOperationAdd(path, file) for path, file in files.items()),
            *(CommitOperationDelete(path) for path in sorted(obsolete)),
        ]
        message = f"Publish {version}" if version else "Publish"
        commit = api.create_commit(repo_id, operations, commit_message=message, repo_type=repo_type, parent_commit=before).oid
        if version:
            _tag(api, repository, version, commit)
    return Published(str(url), commit, changed=commit != before)


def _tag(api: HfApi, repository: Repository, version: str, commit: str) -> None:
    refs = api.list_repo_refs(repository.repo_id, repo_type=repository.repo_type)
    tagged_commit = {tag.name: tag.target_commit for tag in refs.tags}.get(version)
    if tagged_commit is None:
        api.create_tag(repository.repo_id, tag=version, revision=commit, repo_type=repository.repo_type)
    elif tagged_commit != commit:
        raise InputError(
            f"{repository.repo_id} has a {version} already, with other content (commit {tagged_commit[:7]}). Choose another "
            "--version."
        )


def collect(api: HfApi, namespace: str, repositories: Sequence[Repository], private: bool) -> str:
    """Put the repositories into one collection, and return its URL. A new collection may be private.

    Raises
    ------
    InputError
        If the Hub refuses or does not answer.
    """
    with explained("Making the collection"):
        collection = api.create_collection(COLLECTION, namespace=namespace, private=private, exists_ok=True)
        for repository in repositories:
            api.add_collection_item(collection.slug, repository.repo_id, repository.repo_type, exists_ok=True)
    return collection.url


def send(api: HfApi, namespace: str, repositories: Sequence[Repository], private: bool, version: str | None) -> None:
    """Check the repositories, publish them one by one, collect them, and print the progress."""
    check_access(api, namespace)
    check_cards(repositories)
    for number, repository in enumerate(repositories, start=1):
        print(f"{number} of {len(repositories)}: {repository} ...", flush=True)
        published = publish(api, repository, private, version)
        print(f"    {published.url} {'is now' if published.changed else 'had not changed since'} {published.commit[:7]}")
    print(f"collection: {collect(api, namespace, repositories, private)}")
