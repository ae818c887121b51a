"""Reading the recordings that people have: every format, and what goes wrong with it."""

import io
import zipfile
from pathlib import Path

import edfio
import numpy as np
import pytest
import wfdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecg.errors import InputError
from ecg.io.readers import OPENERS, read_recording
from ecg.io.recording import Recording
from ecg.io.sample_recording import WARNING, read_excerpt
from ecg.io.wfdb_annotations import read_annotations
from tests.signal.test_context_beat import heart

FS = 250
ECG, PEAKS = heart(FS)
ECG = ECG[: 20 * FS]


def record(folder: Path, name: str = "mine", leads: tuple[str, ...] = ("V1", "MLII"), annotated: bool = True) -> list[Path]:
    """Write a WFDB record whose last lead is the ECG, and return its files."""
    signals = np.stack([-ECG] * (len(leads) - 1) + [ECG], axis=1)
    wfdb.wrsamp(name, FS, ["mV"] * len(leads), list(leads), p_signal=signals, fmt=["16"] * len(leads), write_dir=str(folder))
    if annotated:
        peaks = PEAKS[len(ECG) > PEAKS]
        wfdb.wrann(name, "atr", peaks, ["N"] * len(peaks), fs=FS, write_dir=str(folder))
    return sorted(folder.glob(f"{name}.*"))


def zipped(folder: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / "mine.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return folder / "mine.zip"


def assert_is_the_ecg(recording: Recording, tolerance: float = 1e-3) -> None:
    assert recording.fs == FS
    np.testing.assert_allclose(recording.signal, ECG, atol=tolerance)


def test_wfdb_files_from_different_folders(tmp_path: Path) -> None:
    apart = []
    for file in record(tmp_path):
        folder = tmp_path / f"upload of {file.suffix}"
        folder.mkdir()
        apart.append(file.rename(folder / file.name))
    recording = read_recording(apart)
    assert_is_the_ecg(recording)
    assert (recording.name, recording.lead, recording.unit) == ("mine", "MLII", "mV")
    assert recording.annotation is not None
    np.testing.assert_array_equal(recording.annotation.samples, PEAKS[len(ECG) > PEAKS])
    assert not recording.warnings


def test_samples_of_32_bits_lose_none(tmp_path: Path) -> None:
    offset, gain = 2**30, 1000  # of which 24 bits, those of a float32, would leave 64 units, that is 0.064 mV
    values = np.round(ECG * gain).astype(np.int64)[:, None] + offset
    wfdb.wrsamp(
        "far", FS, ["mV"], ["II"], d_signal=values, fmt=["32"], adc_gain=[gain], baseline=[offset], write_dir=str(tmp_path)
    )
    assert_is_the_ecg(read_recording(sorted(tmp_path.glob("far.*"))))


def test_a_zip_of_a_wfdb_record(tmp_path: Path) -> None:
    files = {f"folder/{file.name}": file.read_bytes() for file in record(tmp_path)}
    recording = read_recording([zipped(tmp_path, files | {"__MACOSX/._mine.hea": b"x"})])
    assert_is_the_ecg(recording)
    assert recording.annotation is not None


def test_edf(tmp_path: Path) -> None:
    signals = [
        edfio.EdfSignal(np.sin(np.arange(20 * 100)), sampling_frequency=100, label="EEG Fpz", physical_dimension="uV"),
        edfio.EdfSignal(ECG, sampling_frequency=FS, label="ECG II", physical_dimension="mV"),
    ]
    edfio.Edf(signals).write(tmp_path / "night.edf")
    recording = read_recording([tmp_path / "night.edf"])
    assert_is_the_ecg(recording)
    assert (recording.lead, recording.unit, recording.warnings) == ("ECG II", "mV", ())


@pytest.mark.parametrize("shape", ["one lead", "samples by leads", "leads by samples"])
def test_npy(tmp_path: Path, shape: str) -> None:
    two = np.stack([-ECG, ECG], axis=1)
    np.save(tmp_path / "mine.npy", {"one lead": ECG, "samples by leads": two, "leads by samples": two.T}[shape])
    recording = read_recording([tmp_path / "mine.npy"], fs=FS, unit="mV", lead="MLII" if shape == "one lead" else "2")
    assert_is_the_ecg(recording)


LINES = {
    "one named column": ["MLII (mV)", "{ecg:.4f}"],
    "one column": ["{ecg:.4f}"],
    "names": ["V1,MLII (mV)", "{inverted:.4f},{ecg:.4f}"],
    "PhysioNet's": ["'Elapsed time','MLII','V1'", "'seconds','mV','mV'", "{time:.3f},{ecg:.4f},{inverted:.4f}"],
    "times in ms": ["time_ms\tII", "{ms}\t{ecg:.4f}"],
    "sample numbers": ["sample #;II_mV", "{number};{ecg:.4f}"],
    "blanks and a comment": ["# written by a watch", "{ecg:.4f}  {inverted:.4f}"],
}


def table(lines: list[str]) -> str:
    *head, pattern = lines
    rows = [
        pattern.format(ecg=value, inverted=-value, time=number / FS, ms=number * 1000 // FS, number=number)
        for number, value in enumerate(ECG)
    ]
    return "\n".join([*head, *rows]) + "\n"


@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize("written", ["plain", "with a BOM", "with carriage returns"])
def test_csv(tmp_path: Path, kind: str, written: str) -> None:
    text = table(LINES[kind])
    content = text.replace("\n", "\r\n") if written == "with carriage returns" else text
    (tmp_path / "mine.csv").write_bytes(content.encode("utf-8-sig" if written == "with a BOM" else "utf-8"))
    says_fs = kind in ("PhysioNet's", "times in ms")
    lead = "1" if kind == "blanks and a comment" else None
    assert_is_the_ecg(read_recording([tmp_path / "mine.csv"], fs=None if says_fs else FS, lead=lead))


def test_decimal_commas(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(table(["sample;II", "{number};{ecg:.4f}"]).replace(".", ","))
    assert_is_the_ecg(read_recording([tmp_path / "mine.csv"], fs=FS))


def test_an_old_encoding(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_bytes(table(["MLII_µV", "{ecg:.4f}"]).encode("latin-1"))
    recording = read_recording([tmp_path / "mine.csv"], fs=FS)
    assert_is_the_ecg(recording)
    assert recording.unit == "uV"


def test_missing_samples_are_bridged_and_known(tmp_path: Path) -> None:
    lines = table(["{ecg:.4f}"]).splitlines()
    lines[50:60] = ["-", "", "NaN", "nan", "null"] * 2
    (tmp_path / "mine.csv").write_text("MLII\n" + "\n".join(line or "NA" for line in lines))
    recording = read_recording([tmp_path / "mine.csv"], fs=FS)
    assert recording.missing.sum() == 10
    assert recording.missing[50:60].all()
    np.testing.assert_allclose(recording.signal[49:61], np.linspace(ECG[49], ECG[60], 12), atol=1e-3)


def test_what_only_the_person_knows_is_asked_for(tmp_path: Path) -> None:
    np.save(tmp_path / "mine.npy", np.stack([ECG, -ECG], axis=1))
    with pytest.raises(InputError, match="Say which one is the lead"):
        read_recording([tmp_path / "mine.npy"], fs=FS)
    with pytest.raises(InputError, match="does not say its sampling rate"):
        read_recording([tmp_path / "mine.npy"], lead="1")
    warnings = read_recording([tmp_path / "mine.npy"], fs=FS, lead="1").warnings
    assert "does not name its lead" in warnings[0]
    assert "does not say its unit" in warnings[1]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"fs": 360}, "says that its sampling rate is 250 Hz, you say 360"),
        ({"unit": "uV"}, "says that its unit is mV, you say uV"),
        ({"unit": "kg"}, "'kg' is none of an ECG's"),
        ({"lead": "aVR"}, "has no lead 'aVR'. It holds: 1: V1, 2: MLII"),
        ({"lead": "3"}, "has no lead '3'"),
    ],
)
def test_what_contradicts_the_file_is_refused(tmp_path: Path, given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_recording(record(tmp_path), **given)  # type: ignore[arg-type]


def test_another_lead_is_read_with_a_warning(tmp_path: Path) -> None:
    recording = read_recording(record(tmp_path), lead="V1")
    np.testing.assert_allclose(recording.signal, -ECG, atol=1e-3)
    assert "This is lead V1. The models know lead MLII" in recording.warnings[0]


def npy(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=True)
    return content.getvalue()


FLAT = np.ones(20 * FS)
WRONG = {
    "an empty file": ({"a.csv": b""}, "is empty"),
    "no table": ({"a.csv": b"a,b\nc,d\ne,f\n"}, "is no table|no number"),
    "a word among numbers": ({"a.csv": b"MLII\n" + b"0.1\n" * 3000 + b"oops\n"}, "'oops' in line 3002"),
    "a word, and a number of 400 digits": (
        {"a.csv": b"MLII\n" + b"0.1\n" * 3000 + b"oops\n" + b"1" * 400},
        "'oops' in line 3002",
    ),
    "a row of another width": ({"a.csv": b"1,2\n" * 3000 + b"1,2,3\n"}, "is no table of numbers"),
    "bytes": ({"a.csv": bytes(range(256)) * 9}, "is no text"),
    "a picture": ({"a.png": b"\x89PNG"}, "none of these is a recording"),
    "two recordings": ({"a.csv": b"1\n", "b.csv": b"1\n"}, "2 recordings; give one"),
    "objects in an NPY": ({"a.npy": npy(np.array([{}, 1], dtype=object))}, "cannot be read"),
    "words in an NPY": ({"a.npy": npy(np.array(["a", "b"]))}, "real numbers .* are expected"),
    "half an NPY": ({"a.npy": npy(ECG)[:-50]}, "cannot be read"),
    "no EDF": ({"a.edf": b"0       " * 40}, "cannot be read"),
    "a flat line": ({"a.npy": npy(FLAT)}, "flat line from end to end"),
    "nothing but gaps": ({"a.npy": npy(FLAT * np.nan)}, "flat line from end to end"),
    "huge numbers": ({"a.npy": npy(ECG * 1e300)}, "no ECG is that large"),
    "nine seconds": ({"a.npy": npy(ECG[: 9 * FS])}, "which is 9.0 s at 250 Hz; at least 10 s"),
    "no zip": ({"a.zip": b"PK\x03\x04 no"}, "cannot be unpacked"),
    "a header alone": ({"a.hea": b"a 1 250 5000\na.dat 16 200 11 0 0 0 0 II\n"}, "the file a.dat is missing"),
    "a header that looks elsewhere": ({"a.hea": b"a 1 250 5000\n../../etc/passwd 16 200 11 0 0 0 0 II\n"}, "cannot be read"),
    "a header that promises too much": (
        {"a.hea": b"a 1 250 5000\na.dat 16 200 11 0 0 0 0 II\n", "a.dat": b"\0" * 9998},
        "promises 5,000 samples, for which a.dat would need 10,000 bytes; it has 9,998",
    ),
    "a header of no signal": ({"a.hea": b"a 0 250 5000\n"}, "names no signal"),
    "more signals than are described": (
        {"a.hea": b"a 9 250 5000\na.dat 16 200 11 0 0 0 0 II\n", "a.dat": b"\0" * 10_000},
        "describes 1 signals; it must describe as many as it promises",
    ),
    "a format that there is not": ({"a.hea": b"a 1 250 5000\na.dat 17 200 11 0 0 0 0 II\n"}, "names the format 17"),
    "two formats in one file": (
        {"a.hea": b"a 2 250 5000\na.dat 16 200 11 0 0 0 0 II\na.dat 80 200 11 0 0 0 0 V1\n"},
        "gives a.dat several formats",
    ),
    "more samples than a week has": ({"a.hea": b"a 1 250 999999999999\na.dat 516 200 11 0 0 0 0 II\n"}, "more samples than"),
    "a signal skewed beyond its end": (
        {"a.hea": b"a 1 250 5000\na.dat 16:999999999 200 11 0 0 0 0 II\n"},
        "are skewed by more",
    ),
    "a wrong checksum": (
        {"a.hea": b"a 1 250 5000\na.dat 16 200 11 0 0 7 0 II\n", "a.dat": b"\0\1" * 5000},
        "does not add up to the checksum",
    ),
    "a segment named again and again": ({"a.hea": b"a/3 1 250 9\nb 3\nb 3\nb 3\n"}, "each of its segments once"),
    "a record that is its own segment": ({"a.hea": b"a/1 1 250 5000\na 5000\n"}, "each of its segments once"),
    "segments of another length": ({"a.hea": b"a/1 1 250 5000\nb 4000\n"}, "another number of samples"),
    "hardly anything but a gap": ({"a.hea": b"a/2 1 250 50000\nb 10\n~ 49990\n"}, "segments hold 10"),
    "a header of megabytes": ({"a.hea": b"a 1 250 5000\n" + b"#" * 2_000_000}, "has 2 MB; a header is"),
    "an NPY that promises terabytes": ({"a.npy": npy(ECG).replace(b"(5000,), }     ", b"(5000000000,), }")}, "cannot be read"),
    "an array of records": ({"a.npy": npy(np.zeros(9, dtype="f8,i4"))}, "holds void96 of the shape"),
    "annotations that break off": (
        {"a.hea": b"a 1 250 5000\na.dat 16 200 11 0 0 0 0 II\n", "a.dat": b"\0" * 10_000, "a.atr": b"\x64\x04" * 9},
        "a.atr breaks off",
    ),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_no_recording_is_explained(tmp_path: Path, what: str, packed: bool) -> None:
    files, message = WRONG[what]
    if packed and "a.zip" not in files:
        paths = [zipped(tmp_path, files)]
    else:
        paths = [tmp_path / name for name in files]
        for path in paths:
            path.write_bytes(files[path.name])
    with pytest.raises(InputError, match=message):
        read_recording(paths, fs=None if "a.hea" in files else FS)


def test_no_file_is_explained() -> None:
    with pytest.raises(InputError, match="no file: none of these is a recording"):
        read_recording([])


@pytest.mark.filterwarnings("ignore:EDF header indicates")
def test_an_edf_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    edfio.Edf([edfio.EdfSignal(ECG, sampling_frequency=FS, label="II")]).write(tmp_path / "night.edf")
    content = (tmp_path / "night.edf").read_bytes()
    (tmp_path / "night.edf").write_bytes(content[:-2000])
    with pytest.raises(InputError, match="promises 20 data records and holds 16"):
        read_recording([tmp_path / "night.edf"])
    (tmp_path / "night.edf").write_bytes(content[:236] + b"-1      " + content[244:])
    assert_is_the_ecg(read_recording([tmp_path / "night.edf"]))  # while it is being recorded, the number is not known


def test_a_header_may_leave_its_checksums_open(tmp_path: Path) -> None:
    files = record(tmp_path)
    header = next(file for file in files if file.suffix == ".hea")
    lines = [line.split(" ") for line in header.read_text().splitlines()]
    header.write_text("\n".join(" ".join([*line[:6], "0", *line[7:]] if line[0] == "mine.dat" else line) for line in lines))
    assert_is_the_ecg(read_recording(files))


def test_annotations_are_read_as_by_wfdb(records: Path) -> None:
    for name in ("100", "207", "228"):
        theirs = wfdb.rdann(str(records / name), "atr")
        positions, first = np.unique(theirs.sample, return_index=True)
        read_positions, symbols = read_annotations(records / f"{name}.atr", 360)
        np.testing.assert_array_equal(read_positions, positions)
        np.testing.assert_array_equal(symbols, np.array(theirs.symbol)[first])


def test_annotations_that_count_in_another_unit(tmp_path: Path) -> None:
    """And that say so twice, which wfdb 4.3 reads without end."""
    record(tmp_path, annotated=False)
    notes = ["## time resolution: 1000", "## time resolution: 1000", ""]
    wfdb.wrann("mine", "atr", np.array([0, 0, 2000]), ['"', '"', "V"], aux_note=notes, write_dir=str(tmp_path))
    annotation = read_recording(sorted(tmp_path.iterdir())).annotation
    assert annotation is not None
    np.testing.assert_array_equal(annotation.samples, [500])
    assert annotation.labels == ["V"]


def test_names_that_cannot_be_printed_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("a\x07\x1b[1m,b\n" + "0.1,0.2\n" * 5000)
    with pytest.raises(InputError, match=r"1: a\?\?\[1m, 2: b"):
        read_recording([tmp_path / "mine.csv"], fs=FS)


@pytest.mark.parametrize("megabytes", [11, 1001])
def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, megabytes: int) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as file:
        for _ in range(megabytes):
            file.write(b"0" * 1_000_000)
    with pytest.raises(InputError, match=f"1 files of {megabytes:,} MB together"):
        read_recording([tmp_path / "bomb.zip"], fs=FS)


def test_an_encrypted_zip_is_explained(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.csv": b"1\n"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="is encrypted. Unpack it with its password"):
        read_recording([path], fs=FS)


@pytest.mark.parametrize("name", ["m" * 300 + ".csv", "a\x07.csv"])
def test_odd_names_in_a_zip_are_explained(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="a short and printable one"):
        read_recording([zipped(tmp_path, {name: b"1\n"})], fs=FS)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from([*OPENERS, ".hea", ".zip"]),
    content=st.one_of(
        st.binary(max_size=400),
        st.text(alphabet="0123456789.,;-+e \t\n\"'#aN", max_size=400).map(str.encode),
    ),
)
def test_any_bytes_are_read_or_explained(tmp_path: Path, suffix: str, content: bytes) -> None:
    file = tmp_path / f"any{suffix}"
    file.write_bytes(content)
    with pytest.raises(InputError):  # no recording of ten seconds is that small
        read_recording([file], fs=FS)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 120), byte=st.integers(0, 255))
def test_a_damaged_header_is_read_or_explained(tmp_path: Path, position: int, byte: int) -> None:
    files = record(tmp_path, annotated=False)
    header = next(file for file in files if file.suffix == ".hea")
    content = bytearray(header.read_bytes())
    content[min(position, len(content) - 1)] = byte
    header.write_bytes(bytes(content))
    try:
        recording = read_recording(files)
    except InputError:
        return
    assert np.isfinite(recording.signal).all()
    assert len(recording.signal) >= 10 * recording.fs


def test_the_excerpt_says_that_the_models_know_the_patient() -> None:
    recording = read_excerpt()
    assert recording.seconds == pytest.approx(300)
    assert (recording.lead, recording.fs) == ("MLII", 360)
    assert WARNING in recording.warnings
