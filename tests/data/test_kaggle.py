"""The Kaggle files, written here from the records as Kaggle publishes them: no header, the class index last."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from ecg.atomic_files import read_json
from ecg.data import kaggle
from ecg.data.beat_sources import read_kaggle_beats, with_provenance
from ecg.data.beat_table import BeatTable
from ecg.errors import InputError
from tests.builders import PROJECT, train_here


def write_csv(path: Path, beats: np.ndarray, labels: np.ndarray) -> None:
    columns = [*beats.astype(np.float64).T, labels.astype(np.float64)]
    table = pa.table({str(index): column for index, column in enumerate(columns)})
    csv.write_csv(table, path, csv.WriteOptions(include_header=False))


@pytest.fixture(scope="session")
def kaggle_rows(beats: BeatTable) -> BeatTable:
    """All beats in another order, the first 87,554 of them for the training file."""
    return beats.rows(np.random.default_rng(0).permutation(len(beats.labels)))


@pytest.fixture(scope="session")
def kaggle_folder(kaggle_rows: BeatTable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both files."""
    folder = tmp_path_factory.mktemp("kaggle")
    n = kaggle.EXPECTED_ROWS[kaggle.TRAIN_FILE]
    write_csv(folder / kaggle.TRAIN_FILE, kaggle_rows.beats[:n], kaggle_rows.labels[:n])
    write_csv(folder / kaggle.TEST_FILE, kaggle_rows.beats[n:], kaggle_rows.labels[n:])
    return folder


@pytest.fixture
def small(generated: BeatTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A test file of generated beats, which is as long as it should be."""
    path = tmp_path / kaggle.TEST_FILE
    monkeypatch.setitem(kaggle.EXPECTED_ROWS, kaggle.TEST_FILE, 100)
    write_csv(path, generated.beats[:100], generated.labels[:100])
    return path


def test_every_row_is_read_and_kaggles_test_file_is_the_test_set(kaggle_folder: Path, kaggle_rows: BeatTable) -> None:
    table = read_kaggle_beats(kaggle_folder)
    np.testing.assert_array_equal(table.beats, kaggle_rows.beats)
    np.testing.assert_array_equal(table.labels, kaggle_rows.labels)
    assert np.flatnonzero(table.splits["intra_patient"] == "test").tolist() == list(range(87_554, 109_446))
    assert (table.splits["intra_patient"] == "val").sum() == 8_756


def test_kaggle_rows_cannot_be_split_by_patient(kaggle_folder: Path) -> None:
    with pytest.raises(InputError, match="Kaggle rows have no record"):
        read_kaggle_beats(kaggle_folder).part("inter_patient", "train")


def test_provenance_gives_every_row_its_record_and_sample(
    kaggle_folder: Path, kaggle_rows: BeatTable, beats: BeatTable, tmp_path: Path
) -> None:
    found = with_provenance(read_kaggle_beats(kaggle_folder), beats)
    same = (found.records == kaggle_rows.records) & (found.samples == kaggle_rows.samples)
    twins = np.flatnonzero(~same)  # beats that are equal, bit for bit, to another one
    assert len(twins) <= 2
    np.testing.assert_array_equal(found.symbols[same], kaggle_rows.symbols[same])
    np.testing.assert_array_equal(found.splits["inter_patient"][same], kaggle_rows.splits["inter_patient"][same])


def test_the_command_looks_up_the_provenance(kaggle_folder: Path, records: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows.parquet"
    options = ["--kaggle", str(kaggle_folder), "--provenance", "--mitdb", str(records), "--out", str(out)]
    command = [sys.executable, "-m", "ecg", "beats", *options]
    printed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "109,446 of 109,446 Kaggle rows found in the records" in printed
    assert out.exists()


def test_models_are_trained_on_kaggles_files(generated: BeatTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are as long as they should be, and shorter than Kaggle's."""
    shuffled = generated.rows(np.random.default_rng(0).permutation(len(generated.labels)))
    for name, rows in ((kaggle.TRAIN_FILE, slice(0, 280)), (kaggle.TEST_FILE, slice(280, 400))):
        monkeypatch.setitem(kaggle.EXPECTED_ROWS, name, rows.stop - rows.start)
        write_csv(tmp_path / name, shuffled.beats[rows], shuffled.labels[rows])
    train_here("--kaggle", str(tmp_path), "--arch", "cnn", "--epochs", "1", "--out", str(tmp_path))
    metrics = read_json(tmp_path / "models" / "intra_patient" / "cnn" / "metrics.json")
    assert metrics["beats"] == 120
    assert metrics["validation"]["beats"] == 28


def test_a_beat_of_no_record_has_no_provenance(generated: BeatTable) -> None:
    unknown = generated.rows(np.arange(3))
    found = with_provenance(unknown, generated.rows(np.arange(1, 10)))
    assert found.records.tolist() == ["", *generated.records[1:3]]
    assert found.samples.tolist() == [-1, 1, 2]
    assert found.splits["inter_patient"][0] == ""


def test_a_good_file_is_read(small: Path, generated: BeatTable) -> None:
    beats, labels = kaggle.read_csv(small)
    np.testing.assert_array_equal(beats, generated.beats[:100])
    np.testing.assert_array_equal(labels, generated.labels[:100])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"mitbih_train\.csv does not exist"):
        read_kaggle_beats(tmp_path)


def change(path: Path, row: int, column: int, value: str) -> None:
    lines = path.read_text().splitlines()
    cells = lines[row].split(",")
    cells[column] = value
    lines[row] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (4, 187, "5.0", "a class index that is none of 0 to 4 in 1 rows, the first of them row 5"),
        (4, 187, "0.5", "a class index that is none of 0 to 4"),
        (7, 3, "nan", "missing or not a number in 1 rows, the first of them row 8"),
        (7, 3, "", "missing or not a number"),
        (9, 0, "1.5", "outside 0 to 1 in 1 rows, the first of them row 10"),
        (9, 0, "abc", "not a table of numbers without a header row"),
    ],
)
def test_wrong_values_are_named(small: Path, row: int, column: int, value: str, message: str) -> None:
    change(small, row, column, value)
    with pytest.raises(InputError, match=message):
        kaggle.read_csv(small)


def test_a_lost_first_row_is_noticed(small: Path) -> None:
    small.write_text("".join(small.read_text().splitlines(keepends=True)[1:]))
    with pytest.raises(InputError, match="99 rows; 100 are expected.*taken for a header and lost"):
        kaggle.read_csv(small)


def test_a_header_row_is_refused(small: Path) -> None:
    small.write_text(",".join(f"c{i}" for i in range(188)) + "\n" + small.read_text())
    with pytest.raises(InputError, match="without a header row"):
        kaggle.read_csv(small)


@pytest.mark.parametrize("columns", [187, 189])
def test_a_wrong_number_of_columns_is_refused(small: Path, columns: int) -> None:
    lines = small.read_text().splitlines()
    small.write_text("\n".join(",".join((line.split(",") * 2)[:columns]) for line in lines) + "\n")
    with pytest.raises(InputError, match=f"{columns} columns; 188 are expected"):
        kaggle.read_csv(small)


def test_a_ragged_file_is_refused(small: Path) -> None:
    small.write_text(small.read_text() + "1,2,3\n")
    with pytest.raises(InputError, match=r"not a table of numbers.*Expected 188 columns, got 3"):
        kaggle.read_csv(small)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00", b"PK\x03\x04 a zip that was not unpacked"])
def test_what_is_no_csv_is_refused(small: Path, content: bytes) -> None:
    small.write_bytes(content)
    with pytest.raises(InputError):
        kaggle.read_csv(small)
