"""Publish to the Hugging Face Hub, and pull from it.

    python -m hub publish --namespace NS                     # models, dataset, Space and a collection of them
    python -m hub publish --namespace NS --only models       # or: dataset, space
    python -m hub publish --namespace NS --version v1.0.0    # and tag every repository
    python -m hub publish --namespace NS --dry-run DIR       # write every file to DIR; nothing is sent
    python -m hub pull --namespace NS                        # fetch the models into the cache and check them

The token is that of `hf auth login`, or HF_TOKEN. A repository that has not changed gets no new commit, so an
interrupted command can simply be repeated.
"""

import argparse
import tempfile
from pathlib import Path

from ecg.errors import InputError, explain_input_errors
from hub.client import client
from hub.publish import send
from hub.pull import pull
from hub.staging import PARTS, stage


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m hub", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    publishing = commands.add_parser("publish", help="send models, dataset and Space to the Hub")
    publishing.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="default: all of them")
    publishing.add_argument("--private", action="store_true", help="new repositories are visible to you alone")
    publishing.add_argument("--version", metavar="TAG", help="tag every repository, for example v1.0.0")
    publishing.add_argument("--dry-run", metavar="DIR", type=Path, help="write every file to DIR and send nothing")
    publishing.add_argument("--mitdb", metavar="DIR", help="folder of the MIT-BIH records; the dataset is cut from them")
    pulling = commands.add_parser("pull", help="fetch the models into the cache and check them")
    pulling.add_argument("--revision", metavar="REV", help="tag, branch or commit; default: the newest")
    for command in (publishing, pulling):
        command.add_argument("--namespace", metavar="NS", required=True, help="user or organisation")
    return parser.parse_args(arguments)


@explain_input_errors
def main(arguments: list[str] | None = None) -> None:
    """Publish or pull.

    Raises
    ------
    InputError
        If the folder of a dry run is not empty.
    """
    options = parse(arguments)
    if options.command == "pull":
        print(pull(options.namespace, options.revision).source)
    elif options.dry_run:
        if options.dry_run.exists() and any(options.dry_run.iterdir()):
            raise InputError(f"{options.dry_run} is not empty. Name a new folder.")
        for repository in stage(options.namespace, options.dry_run, options.only, options.mitdb):
            print(f"{repository}: {repository.folder}")
    else:
        with tempfile.TemporaryDirectory() as folder:
            repositories = stage(options.namespace, Path(folder), options.only, options.mitdb)
            send(client(), options.namespace, repositories, options.private, options.version)


if __name__ == "__main__":
    main()
