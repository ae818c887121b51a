"""Damage the files of model folders: a model is loaded as it was, or refused by the name of the file."""

import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ecg.checksums import CHECKSUMS
from ecg.errors import InputError
from ecg.inference.classifier import load_model
from ecg.networks.model_files import MODEL_FILES
from hub.pull import SERVED_PROTOCOLS, load_shipped
from tests.builders import PROJECT
from tests.soak.finding import Finding

SHIPPED = sorted((PROJECT / "models").glob("*/*/"))
FILES = (*MODEL_FILES, CHECKSUMS)
POSITIONS = 30
NOBODY = 65534
PROMISE = "the model is refused by the name of the file, unless the damage changes nothing"

Damage = Callable[[Path, random.Random], object]


def findings(folder: Path) -> list[Finding]:
    """Do everything at length.

    Parameters
    ----------
    folder : Path
        Where the copies go.

    Returns
    -------
    list of Finding
        What became of it.
    """
    return [change_bytes(POSITIONS, folder), damage_files(folder), damage_demo(folder)]


def change_bytes(positions: int, folder: Path, models: Sequence[Path] = SHIPPED) -> Finding:
    """Change single bytes.

    Parameters
    ----------
    positions : int
        In how many places of each file.
    folder : Path
        Where the copies go.
    models : sequence of Path
        The model folders.

    Returns
    -------
    Finding
        What became of it.
    """
    return _try_all(f"a byte changed, in {positions} places of each file", {"": _change_a_byte}, positions, folder, models)


def damage_files(folder: Path, models: Sequence[Path] = SHIPPED) -> Finding:
    """Damage whole files, in every way that comes to mind.

    Parameters
    ----------
    folder : Path
        Where the copies go.
    models : sequence of Path
        The model folders.

    Returns
    -------
    Finding
        What became of it.
    """
    return _try_all(f"each file {', '.join(DAMAGES)}", DAMAGES, 1, folder, models)


def damage_demo(folder: Path) -> Finding:
    """Damage one file of all that the demo serves, each name in turn.

    Parameters
    ----------
    folder : Path
        Where the copies go.

    Returns
    -------
    Finding
        What became of it.
    """
    chance = random.Random(0)
    problems = []
    for name in FILES:
        served = folder / "served"
        for protocol in SERVED_PROTOCOLS:
            shutil.copytree(PROJECT / "models" / protocol, served / protocol)
        model = chance.choice(sorted(served.glob("*/*/")))
        _change_a_byte(model / name, chance)
        problems += _problem(load_shipped, served, model / name)
        shutil.rmtree(served)
    return _finding("a byte changed in one of all files that the demo loads", len(FILES), problems)


def _try_all(what: str, damages: dict[str, Damage], times: int, folder: Path, models: Sequence[Path]) -> Finding:
    chance = random.Random(0)
    problems: list[str] = []
    for model in models:
        copy = folder / "model"
        shutil.copytree(model, copy)
        for name in FILES:
            for damage in [*damages.values()] * times:
                damage(copy / name, chance)
                with _as_nobody(copy):
                    problems += [f"{model}: {problem}" for problem in _problem(load_model, Path(), Path(name))]
                for mended in (name, CHECKSUMS):
                    _mend(copy / mended, model / mended)
        shutil.rmtree(copy)
    return _finding(what, len(models) * len(FILES) * len(damages) * times, problems)


def _problem(load: Callable[[Path], object], folder: Path, file: Path) -> list[str]:
    try:
        load(folder)
    except InputError as error:
        return [] if str(file) in str(error) else [f"{file} is not named: {error}"]
    except Exception as error:
        return [f"{file}: {type(error).__name__}: {error}"]
    # of the list of checksums an end of a line may change, and mean the same; every other file has a checksum
    return [] if file.name == CHECKSUMS else [f"{file} is damaged, and the model loaded"]


def _finding(what: str, tried: int, problems: list[str]) -> Finding:
    return Finding(f"of the models: {what}", tried, tried - len(problems), PROMISE, "; ".join(problems[:5]))


def _mend(file: Path, original: Path) -> None:
    if file.is_dir():
        file.rmdir()
    shutil.copyfile(original, file)
    file.chmod(0o644)


@contextmanager
def _as_nobody(folder: Path) -> Iterator[None]:
    """Stand in a folder without the rights of root, for whom no file is unreadable."""
    before, user = Path.cwd(), os.geteuid()
    folder.chmod(0o755)
    os.chdir(folder)
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        os.chdir(before)


def _change_a_byte(file: Path, chance: random.Random) -> None:
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= chance.randint(1, 255)
    file.write_bytes(content)


def _cut(file: Path, chance: random.Random) -> None:
    os.truncate(file, chance.randrange(file.stat().st_size))


def _replace_by_folder(file: Path, chance: random.Random) -> None:
    file.unlink()
    file.mkdir()


def _lose_line(file: Path, chance: random.Random) -> None:
    """Damage a file, and let its line be lost from the list of checksums."""
    listing = file.parent / CHECKSUMS
    lines = listing.read_text().splitlines(keepends=True)
    if file != listing:
        _change_a_byte(file, chance)
    lost = chance.choice([line for line in lines if file in (listing, file.parent / line.split()[1])])
    listing.write_text("".join(line for line in lines if line != lost))


DAMAGES: dict[str, Damage] = {
    "cut short": _cut,
    "emptied": lambda file, _: file.write_bytes(b""),
    "filled with zeros": lambda file, _: file.write_bytes(bytes(file.stat().st_size)),
    "deleted": lambda file, _: file.unlink(),
    "replaced by a folder": _replace_by_folder,
    "made unreadable": lambda file, _: file.chmod(0),
    "damaged and lost from the list of checksums": _lose_line,
}
