"""Damage an input: its bytes, its words, or how its files fit together. The same seed does the same damage."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from tests.fuzz.seeds import FS, Case, npy, seeds, zipped

NUMBERS = (
    "0 -0 1 -1 2 7 64 65 127 128 255 256 999 1000 1001 32767 -32768 65535 65536 2147483647 2147483648 -2147483648 4294967296 "
    "9223372036854775807 9223372036854775808 99999999999999999999 1e308 -1e308 1e309 1e-320 1e9 1.5 0.1 1,5 .5 5. 1e 0x1F "
    "nan NaN inf -inf Infinity null true None ~ - + . a é \u0663 1_000 ''"
).split()
"""Numbers at which programs break, and what is no number."""
BYTES = (0x00, 0x01, 0x0A, 0x0D, 0x1A, 0x20, 0x22, 0x2C, 0x2F, 0x7F, 0x80, 0xFF)
NAMES = (
    "mine.hea",
    "mine.dat",
    "mine.edf",
    "mine.csv",
    "mine.txt",
    "mine.npy",
    "mine.zip",
    "mine.atr",
    "mine",
    ".hea",
    "é \n.csv",
)
SAID: dict[str, tuple[Any, ...]] = {
    "fs": (None, FS, 2 * FS, 0.0, -1.0, 1e308, float("nan"), float("inf")),
    "unit": (None, None, "mV", "uV", "µV", "raw", "kg", "\x00"),
    "lead": (None, None, "1", "2", "3", "²", "-1", "MLII", "lead ii", "aVR", "*" * 1000),
}
"""What a person may say of a recording."""
HEAD = 4096
"""Bytes at the beginning, where files say what they hold; half of the damage is done there."""

Mutator = Callable[[bytes, random.Random], bytes]


def mutate(case: Case, chance: random.Random) -> Case:
    """Damage an input once to four times.

    Parameters
    ----------
    case : Case
        A valid input.
    chance : random.Random
        Decides what is done.

    Returns
    -------
    Case
        The damaged one.
    """
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        which = chance.random() if case.parser in RECORDINGS else 1
        if which < 0.05:
            name, said = "the person says", {field: chance.choice(values) for field, values in SAID.items()}
            case = replace(case, **said)
        elif which < 0.15:
            name, change = chance.choice(list(STRUCTURE.items()))
            case = replace(case, files=change(dict(case.files), chance))
        else:
            name, damage = chance.choice(list(CONTENT.items()))
            file = chance.choice(list(case.files))
            name = f"{name} in {file}"
            case = replace(case, files=case.files | {file: damage(case.files[file], chance)})
        case = replace(case, damage=(*case.damage, name))
    return case


def _place(content: bytes | bytearray, chance: random.Random) -> int:
    return chance.randrange(max(min(len(content), HEAD) if chance.random() < 0.5 else len(content), 1))


def _slice(content: bytes | bytearray, chance: random.Random) -> slice:
    start = _place(content, chance)
    return slice(start, start + chance.choice((1, 2, 4, 8, 16, 80, 256, 1000, 4000)))


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content or b"\0")
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        changed[_place(changed, chance)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _overwrite(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content or b"\0")
    where = _slice(content, chance)
    changed[where] = bytes([chance.choice(BYTES)]) * len(changed[where])
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: _place(content, chance)]


def _remove(content: bytes, chance: random.Random) -> bytes:
    where = _slice(content, chance)
    return content[: where.start] + content[where.stop :]


def _duplicate(content: bytes, chance: random.Random) -> bytes:
    where = _slice(content, chance)
    return content[: where.start] + content[where] * chance.choice((2, 3, 100)) + content[where.stop :]


def _splice(content: bytes, chance: random.Random) -> bytes:
    other = chance.choice(list(chance.choice(seeds()).files.values()))
    start = _place(content, chance)
    return content[:start] + other[_slice(other, chance)] + content[start:]


def _insert(content: bytes, chance: random.Random) -> bytes:
    start = _place(content, chance)
    return content[:start] + chance.randbytes(chance.choice((1, 2, 16, 300))) + content[start:]


def _number(content: bytes, chance: random.Random) -> bytes:
    return _other_number(content, chance, keep_width=False)


def _number_in_place(content: bytes, chance: random.Random) -> bytes:
    return _other_number(content, chance, keep_width=True)


def _other_number(content: bytes, chance: random.Random, keep_width: bool) -> bytes:
    found = list(re.finditer(rb"-?[\d.]+ *", content[:HEAD] if chance.random() < 0.8 else content))
    if not found:
        return content
    match, number = chance.choice(found), chance.choice(NUMBERS).encode()
    if keep_width:
        width = len(match[0])
        number = number[:width].ljust(width)
    return content[: match.start()] + number + content[match.end() :]


def _lines(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    at = chance.randrange(min(len(lines), 8) if chance.random() < 0.5 else len(lines))
    change = chance.choice(("drop", "repeat", "swap", "join", "blank"))
    if change == "swap":
        other = chance.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    else:
        line = lines[at]
        lines[at : at + 1] = {"drop": [], "repeat": [line] * 70, "join": [line.rstrip(b"\r\n")], "blank": [b"\n", line]}[
            change
        ]
    return b"".join(lines)


def _punctuation(content: bytes, chance: random.Random) -> bytes:
    old, new = chance.sample((b",", b";", b"\t", b" ", b".", b"\n", b"\r\n", b'"', b"[", b"]", b"{", b"/", b"#", b"-"), 2)
    return content.replace(old, new, chance.choice((1, 5, -1)))


def _encoding(content: bytes, chance: random.Random) -> bytes:
    return content.decode("latin-1").encode(chance.choice(("utf-8-sig", "utf-16", "utf-32", "utf-7", "cp037")), "replace")


def _field(content: bytes, chance: random.Random) -> bytes:
    """Overwrite a binary number."""
    start, width = _place(content, chance), chance.choice((2, 4, 8))
    number = chance.choice((0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 2**63 - 1, 2**64 - 1)) % 256**width
    return content[:start] + number.to_bytes(width, chance.choice(("little", "big"))) + content[start + width :]


CONTENT: dict[str, Mutator] = {
    "bits flipped": _flip,
    "bytes overwritten": _overwrite,
    "cut off": _cut,
    "bytes removed": _remove,
    "bytes repeated": _duplicate,
    "another file spliced in": _splice,
    "random bytes inserted": _insert,
    "another number": _number,
    "another number of the same width": _number_in_place,
    "lines moved": _lines,
    "other punctuation": _punctuation,
    "another encoding": _encoding,
    "another binary number": _field,
}


def _drop(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    if len(files) > 1:
        del files[chance.choice(list(files))]
    return files


def _rename(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    content = files.pop(chance.choice(list(files)))
    return files | {chance.choice(NAMES): content}


def _swap(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    contents = list(files.values())
    chance.shuffle(contents)
    return dict(zip(files, contents, strict=True))


def _join(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    return chance.choice(seeds()).files | files


def _empty(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    return files | {chance.choice(list(files)): b""}


def _zip(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    within = chance.choice(("", "folder/", "../", "/", "..\\", "C:\\", "folder/../../"))
    return {"mine.zip": zipped({within + name: content for name, content in files.items()})}


def _objects(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    arrays = (
        np.array([{}, 1], dtype=object),
        np.array(["a"]),
        np.array(1.0),
        np.zeros((2, 3, 4)),
        np.zeros(0),
        np.ones(9, "c16"),
    )
    return {"mine.npy": npy(chance.choice(arrays))}


STRUCTURE: dict[str, Callable[[dict[str, bytes], random.Random], dict[str, bytes]]] = {
    "a file left out": _drop,
    "a file renamed": _rename,
    "contents swapped": _swap,
    "files of another input added": _join,
    "a file emptied": _empty,
    "packed into a zip": _zip,
    "an array of something else": _objects,
}
RECORDINGS = ("wfdb", "edf", "csv", "npy", "zip")
