"""Inputs made by hand to do harm: small ones that promise much, and archives that are none."""

import io
import json
import struct
import zipfile

import numpy as np

from tests.fuzz.seeds import ECG, FS, Case, npy, record, seeds, zipped

MEGA = 1_000_000


def traps() -> list[Case]:
    """Make all of them.

    Returns
    -------
    list of Case
        One of each kind.
    """
    return [*_wfdb(), *_edf(), *_csv(), *_npy(), *_zips(), *_beats()]


def _wfdb() -> list[Case]:
    header, signal = record("16").values()
    hours = 100 * 3600 * FS
    lines = {
        "samples by the trillion": header.replace(str(len(ECG)).encode(), b"9999999999999", 1),
        "more leads than lines": header.replace(b"mine 2 ", b"mine 999999999 "),
        "skewed by a billion samples": header.replace(b" 16 ", b" 16:1000000000 "),
        "a billion samples a frame": header.replace(b" 16 ", b" 16x1000000000 "),
        "a signal file that begins far off": header.replace(b" 16 ", b" 16+99999999999 "),
        "compressed, with samples by the trillion": header.replace(b" 16 ", b" 516 ").replace(b" 1500", b" 9999999999999"),
        "a format that there is not": header.replace(b" 16 ", b" 17 "),
        "two formats in one file": header.replace(b" 16 ", b" 212 ", 1),
        "itself as a segment": f"mine/1 2 {FS} {len(ECG)}\nmine {len(ECG)}\n".encode(),
        "no segment but a gap": f"mine/1 2 {FS} {len(ECG)}\n~ {len(ECG)}\n".encode(),
        "no segments": f"mine/0 2 {FS} {len(ECG)}\n".encode(),
        "a gain of nothing": header.replace(b"200(0)", b"1e-320(0)"),
        "a wrong checksum": header.replace(b" 0 MLII", b"7 0 MLII"),
        "the signal of another lead": header.replace(b"MLII", b"V2").replace(b"V1", b"MLII"),
        "a path elsewhere": header.replace(b"mine.dat", b"/etc/passwd"),
        "an address": header.replace(b"mine.dat", b"http://localhost/mine.dat"),
    }
    cases = [Case("wfdb", f"header with {what}", {"mine.hea": text, "mine.dat": signal}) for what, text in lines.items()]
    part = record("16", "part")
    gap = f"mine/2 2 {FS} {hours}\npart {len(ECG)}\n~ {hours - len(ECG)}\n".encode()
    again = f"mine/20000 2 {FS} {20000 * len(ECG)}\n".encode() + f"part {len(ECG)}\n".encode() * 20000
    short = f"mine/1 2 {FS} {2 * len(ECG)}\npart {2 * len(ECG)}\n".encode()
    return [
        *cases,
        Case("wfdb", "a gap of a hundred hours", {"mine.hea": gap, **part}),
        Case("wfdb", "a segment 20,000 times", {"mine.hea": again, **part}),
        Case("wfdb", "a segment shorter than promised", {"mine.hea": short, **part}),
        Case("wfdb", "a header of one line of 20 MB", {"mine.hea": b"mine " + b"1" * 20 * MEGA, "mine.dat": signal}),
        Case("wfdb", "a header of a million leads", {"mine.hea": b"mine 2 125 1500\n" + header.splitlines()[1] * MEGA}),
        Case("wfdb", "annotations at no sampling rate", _without_rate()),
        Case("wfdb", "annotations that are noise", {**record("16"), "mine.atr": np.random.default_rng(0).bytes(100_000)}),
    ]


def _without_rate() -> dict[str, bytes]:
    files = dict(next(case for case in seeds() if case.kind == "WFDB with annotations").files)
    return files | {"mine.hea": files["mine.hea"].replace(b" 125 ", b" 0 ", 1)}


def _edf() -> list[Case]:
    whole = next(case for case in seeds() if case.kind == "EDF").files["night.edf"]
    heads = {
        "9,999 signals": (252, b"9999"),
        "no signal": (252, b"0   "),
        "minus one signal": (252, b"-1  "),
        "twice the records": (236, b"24      "),
        "minus one record": (236, b"-1      "),
        "no time a record": (244, b"0       "),
        "endless records": (244, b"inf     "),
        "a header of 99,999,999 bytes": (184, b"99999999"),
        "a date that is none": (168, b"99.99.99"),
    }
    cases = {what: whole[:at] + value + whole[at + len(value) :] for what, (at, value) in heads.items()}
    cases |= {"half of its records": whole[: len(whole) // 2], "a header alone": whole[:768]}
    return [Case("edf", f"EDF with {what}", {"night.edf": content}) for what, content in cases.items()]


def _csv() -> list[Case]:
    lines = "".join(f"{value:.4f}\n" for value in ECG).encode()
    texts = {
        "one line of 20 MB": b"1," * 10 * MEGA,
        "one word of 20 MB": b"1" * 20 * MEGA,
        "a line of 20 MB in the middle": lines + b"1," * 10 * MEGA + b"\n" + lines,
        "a quote that never ends": b'"' + lines * 400,
        "a quote that never ends, below": lines + b'"' + lines * 400,
        "nothing but line ends": b"\n" * 20 * MEGA,
        "nothing but commas": b",,\n" * 5 * MEGA,
        "nothing but words": b"word\n" * 2 * MEGA,
        "a word at the end of 10 MB": lines * 1000 + b"word\n",
        "numbers beyond all bounds": lines + b"1e308\n-1e308\n",
        "numbers beyond floating point": lines + b"1" * 5000 + b"\n",
        "endless numbers": lines + b"inf\n-inf\n",
        "UTF-16": lines.decode().encode("utf-16"),
        "bytes of 0 far down": lines * 10 + b"\0" * 5000,
        "a formula": b"=cmd|'/c calc'!A1\n" + lines,
        "true and false": b"true\nfalse\n" * 1000,
        "complex numbers": b"1+2j\n" * 2000,
        "times that run back": b"time_s,II\n" + b"".join(b"%d,%.3f\n" % (-n, v) for n, v in enumerate(ECG)),
        "times that stand still": b"time_s,II\n" + b"".join(b"1,%.3f\n" % v for v in ECG),
        "times of a million Hz": b"time_s,II\n" + b"".join(b"%.6f,%.3f\n" % (n / 1e6, v) for n, v in enumerate(ECG)),
        "names of a thousand characters": b"a" * 1000 + b"\n" + lines,
        "a header alone": b"MLII\n",
    }
    return [Case("csv", f"CSV with {what}", {"mine.csv": content}, FS) for what, content in texts.items()]


def _npy() -> list[Case]:
    def promising(shape: str, descr: str = "'<f8'") -> bytes:
        head = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117).encode() + b"\n"
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + ECG.tobytes()

    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return exec, ("raise SystemExit('the pickle was run')",)

    objects = np.empty(1, dtype=object)
    objects[0] = Harmful()
    contents = {
        "terabytes promised": promising("(1000000000000,)"),
        "more than there are numbers promised": promising(f"({10**30},)"),
        "a length below 0": promising("(-1,)"),
        "half of it promised": promising(f"({len(ECG) // 2},)"),
        "no shape": promising("()"),
        "sixty dimensions": promising("(1, " * 60 + ")" * 60),
        "a nested header": promising("(" * 3000),
        "numbers of 0 bytes": promising("(1000000000,)", "'|V0'"),
        "records": promising("(100,)", "[('a', '<f8'), ('b', '<i4')]"),
        "harmful objects": npy(objects),
        "a zip instead": zipped({"a.npy": npy(ECG)}),
        "dates": npy(np.arange(2000).astype("M8[s]")),
        "complex numbers": npy(ECG * 1j),
        "truth values": npy(ECG > 0),
        "numbers of 128 bits": npy(ECG.astype("longdouble")),
        "the largest numbers": npy(np.where(ECG > 1, np.finfo(float).max, -np.finfo(float).max)),
        "whole numbers without sign": npy(np.full(2000, 2**64 - 1, dtype=np.uint64) * (np.arange(2000) % 2).astype(np.uint64)),
        "NaN and infinity": npy(np.where(ECG > 1, np.inf, np.nan)),
        "nothing": npy(np.zeros(0)),
        "more leads than samples": npy(np.zeros((3, 100_000))),
        "a thousand leads": npy(np.zeros((1000, 1000))),
    }
    return [Case("npy", f"NPY with {what}", {"mine.npy": content}, FS, "1") for what, content in contents.items()]


def _zips() -> list[Case]:
    bomb = zipped({"mine.csv": b"0\n" * 100 * MEGA})
    lying = bytearray(zipped({"mine.csv": b"0.5\n" * MEGA}))
    at = lying.rindex(b"PK\x01\x02") + 24
    lying[at : at + 4] = struct.pack("<I", 100)  # the size that the directory tells
    link = zipfile.ZipInfo("mine.csv")
    link.external_attr = 0o120777 << 16
    links = _archive([(link, b"/etc/passwd")])
    csv = b"".join(b"%.4f\n" % value for value in ECG)
    encrypted = bytearray(zipped({"mine.csv": csv}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(signature) + offset] |= 1
    nested = zipped({"mine.csv": csv})
    for _ in range(20):
        nested = zipped({"inner.zip": nested})
    overlapping = _overlapping(zipped({"a.csv": b"0\n" * 10 * MEGA}))
    contents = {
        "a bomb of 200 MB of CSV": bomb,
        "a bomb of 400 MB of zeros": zipped({"mine.npy": npy(np.zeros(50 * MEGA))}),
        "a file larger than it says": bytes(lying),
        "a link to a file of the machine": links,
        "an encrypted file": bytes(encrypted),
        "twenty zips in one another": nested,
        "two files of the same name": _archive([(zipfile.ZipInfo("a/mine.csv"), csv), (zipfile.ZipInfo("b/mine.csv"), csv)]),
        "a file in a folder above": zipped({"../../../../tmp/mine.csv": csv}),
        "a file in the root": zipped({"/etc/mine.csv": csv}),
        "a name of 5,000 characters": zipped({"m" * 5000 + ".csv": csv}),
        "a name of nothing but dots": zipped({"..": csv, "...": csv}),
        "a name with a byte of 0": zipped({"mine\0.csv": csv}),
        "a thousand files": zipped({f"{number}.csv": csv for number in range(1000)}),
        "files that overlap": overlapping,
        "nothing in it": zipped({}),
        "half of it": zipped({"mine.csv": csv})[:-100],
        "a header that looks outside": zipped({"mine.hea": b"mine 1 125 1500\n../mine.dat 16 200 12 0 0 0 0 II\n"}),
    }
    return [Case("zip", f"zip with {what}", {"mine.zip": content}, FS, "1") for what, content in contents.items()]


def _archive(entries: list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, packed in entries:
            archive.writestr(entry, packed)
    return content.getvalue()


def _overlapping(archive: bytes) -> bytes:
    """Let 90 entries of the directory point at the one file there is (Fifield, 2019)."""
    start, end = archive.index(b"PK\x01\x02"), archive.index(b"PK\x05\x06")
    entry = archive[start:end]
    entries = b"".join(entry.replace(b"a.csv", b"%05d" % number) for number in range(90))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 90, 90, len(entries), start, 0)
    return archive[:start] + entries + tail


def _beats() -> list[Case]:
    values: dict[str, object] = {
        "null": None,
        "a word": "beat",
        "an object": {"beat": [0.5] * 187},
        "nothing": [],
        "numbers in words": ["0.5"] * 187,
        "lists in lists": [[0.5]] * 187,
        "true and false": [True, False] * 94,
        "whole numbers of a thousand digits": [10**999] * 187,
        "a flat line": [0.5] * 187,
        "a million numbers": [0.5] * MEGA,
        "numbers below 0": [-1.0] * 187,
        "a class of 7": [*np.linspace(0, 1, 187).tolist(), 7],
        "a class of a half": [*np.linspace(0, 1, 187).tolist(), 0.5],
        "endless numbers": [float("inf")] * 187,
        "NaN": [float("nan")] * 187,
    }
    nested = ("[" * 900 + "]" * 900).encode()
    cases = [
        Case(parser, f"{parser}: {what}", {"beat": json.dumps(value if parser == "one beat in JSON" else [value]).encode()})
        for parser in ("one beat in JSON", "beats in JSON")
        for what, value in values.items()
    ]
    return [
        *cases,
        Case("one beat in JSON", "900 brackets", {"beat": nested}),
        Case("beats in JSON", "6,000 beats", {"beats": json.dumps([[0.5] * 187] * 6000).encode()}),
        Case("beat csv", "60 MB of beats", {"beats.csv": b"0," * 30 * MEGA}),
        Case("beat csv", "20,000 rows", {"beats.csv": b"0,1\n" * 20_000}),
        Case("beat csv", "a cell of a million characters", {"beats.csv": b"0" * MEGA + b",1\n"}),
        Case("beat csv", "a quote that never ends", {"beats.csv": b'"' + b"0,1\n" * 1000}),
        Case("beat csv", "10,000 rows of words", {"beats.csv": b"0,1\n" + (b"a," * 187 + b"0\n") * 9_000}),
        Case("pasted beat", "a pasted novel", {"beat": b"word " * MEGA}),
        Case("pasted beat", "ten million digits", {"beat": b"1" * 10 * MEGA}),
    ]
