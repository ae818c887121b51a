"""The table of all beats and its splits."""

import pickle
import subprocess
import sys
from pathlib import Path

import datasets
import numpy as np
import pytest

from ecg.atomic_files import read_json
from ecg.classes import LABEL_OF_SYMBOL, LABELS
from ecg.data import beat_sources, mitdb
from ecg.data.beat_sources import EXPECTED_COUNTS, read_mitdb_beats
from ecg.data.beat_table import BeatTable
from ecg.data.splits import INTER_PATIENT_VALIDATION, SPLITS, record_folds
from ecg.errors import InputError
from ecg.signal.context_beat import cut_context_beats
from tests.builders import MODELS, PROJECT


def test_the_counts_are_exact(beats: BeatTable) -> None:
    assert len(beats.labels) == 109_446
    assert np.bincount(beats.labels).tolist() == [90_589, 2_779, 7_236, 803, 8_039]


def test_every_label_is_that_of_its_symbol(beats: BeatTable) -> None:
    assert [LABELS[label] for label in beats.labels] == [LABEL_OF_SYMBOL[symbol] for symbol in beats.symbols]


def test_the_intra_patient_split_is_stratified_and_leaves_out_no_beat(beats: BeatTable) -> None:
    sizes = {split: (beats.splits["intra_patient"] == split).sum() for split in SPLITS}
    assert sizes == {"train": 78_800, "val": 8_756, "test": 21_890}
    shares = [np.bincount(beats.part("intra_patient", split).labels) / sizes[split] for split in SPLITS]
    np.testing.assert_allclose(shares[1:], [shares[0]] * 2, atol=2e-4)


def test_the_inter_patient_split_divides_records(beats: BeatTable) -> None:
    records = {split: set(beats.part("inter_patient", split).records) for split in SPLITS}
    assert records["test"] == set(mitdb.DS2)
    assert records["val"] == set(INTER_PATIENT_VALIDATION)
    assert records["train"] == set(mitdb.DS1) - records["val"]
    assert set(beats.records[beats.splits["inter_patient"] == ""]) == set(mitdb.PACED)


@pytest.mark.parametrize("protocol", ["inter_patient", "all_patients"])
def test_a_fold_holds_out_whole_patients(beats: BeatTable, protocol: str) -> None:
    train = beats.parts(protocol)["train"]
    one_person = {"201", "202"} & set(train.records)
    held_out_at_all = np.zeros(len(train.labels), dtype=int)
    for seen, held_out in record_folds(train.labels, train.records):
        one, other = set(train.records[seen]), set(train.records[held_out])
        assert not one & other
        assert one_person & other in (set(), one_person)
        assert {0, 1, 2} <= set(train.labels[held_out])
        held_out_at_all[held_out] += 1
    assert (held_out_at_all == 1).all()


@pytest.mark.parametrize("protocol", ["intra_patient", "inter_patient"])
def test_no_beat_is_in_two_splits(beats: BeatTable, protocol: str) -> None:
    rows = [set(zip(part.records, part.samples, strict=True)) for part in (beats.part(protocol, s) for s in SPLITS)]
    assert not rows[0] & rows[1] | rows[0] & rows[2] | rows[1] & rows[2]


@pytest.mark.parametrize("protocol", ["intra_patient", "inter_patient"])
def test_generated_beats_are_split_too(generated: BeatTable, protocol: str) -> None:
    parts = [generated.part(protocol, split) for split in SPLITS]
    assert all(len(part.labels) for part in parts)
    assert len(set(np.concatenate([part.samples for part in parts]))) == sum(len(part.labels) for part in parts)


def test_the_models_were_trained_on_this_very_table(beats: BeatTable) -> None:
    fingerprints = {read_json(file)["data_fingerprint"] for file in MODELS.glob("*/provenance.json")}
    assert fingerprints == {beats.fingerprint()}


def test_a_changed_split_changes_the_fingerprint(generated: BeatTable) -> None:
    moved = {protocol: split.copy() for protocol, split in generated.splits.items()}
    moved["intra_patient"][0] = "test" if moved["intra_patient"][0] != "test" else "train"
    changed = BeatTable(generated.beats, generated.labels, generated.symbols, generated.records, generated.samples, moved)
    assert changed.fingerprint() != generated.fingerprint()


def test_the_command_writes_a_table_that_datasets_restores(records: Path, beats: BeatTable, tmp_path: Path) -> None:
    out = tmp_path / "new" / "beats.parquet"
    command = [sys.executable, "-m", "ecg", "beats", "--mitdb", str(records), "--out", str(out)]
    printed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "109,446 beats: N 90,589, S 2,779, V 7,236, F 803, Q 8,039" in printed
    assert [file.name for file in out.parent.iterdir()] == ["beats.parquet"]
    restored = datasets.load_dataset("parquet", data_files=str(out), split="train", cache_dir=str(tmp_path / "cache"))
    assert restored.features["label"].names == list(LABELS)
    assert restored.features["beat"].length == 187
    table = restored.with_format("arrow")[:]
    np.testing.assert_array_equal(table["beat"].combine_chunks().flatten(), beats.beats.ravel())
    np.testing.assert_array_equal(table["label"], beats.labels)
    np.testing.assert_array_equal(table["record"].to_pylist(), beats.records)
    np.testing.assert_array_equal(table["sample"], beats.samples)
    np.testing.assert_array_equal(table["symbol"].to_pylist(), beats.symbols)
    for protocol in ("intra", "inter"):
        np.testing.assert_array_equal(table[f"{protocol}_split"].to_pylist(), beats.splits[f"{protocol}_patient"])


def test_the_command_explains_a_wrong_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ecg", "beats", "--mitdb", str(tmp_path), "--out", str(tmp_path / "b.parquet")]
    finished = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")
    assert "lacks 144 of the 144 files" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_rows_keep_their_context(records: Path, beats: BeatTable) -> None:
    record = mitdb.read_record(records, "208")
    annotated = np.isin(record.symbols, list(LABEL_OF_SYMBOL))
    cut = cut_context_beats(record.signal, mitdb.FS, record.samples[annotated])
    ventricular = beats.part("inter_patient", "train").rows(beats.part("inter_patient", "train").records == "208")
    ventricular = ventricular.rows(np.flatnonzero(ventricular.symbols == "V"))
    of_the_same = cut.rows(np.isin(record.samples[annotated], ventricular.samples))
    for those in (ventricular, pickle.loads(pickle.dumps(ventricular))):  # noqa: S301
        assert those.context is not None
        np.testing.assert_array_equal(those.context.beats, of_the_same.beats)
        np.testing.assert_array_equal(those.context.rhythm, of_the_same.rhythm)


def test_wrong_counts_are_told(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beat_sources, "EXPECTED_COUNTS", {**EXPECTED_COUNTS, "F": 802})
    with pytest.raises(InputError, match="'F': 803.* are expected"):
        read_mitdb_beats(records)


def test_a_split_without_beats_is_explained(generated: BeatTable) -> None:
    train = generated.part("intra_patient", "train")
    with pytest.raises(InputError, match="No beat belongs to the test split"):
        train.part("intra_patient", "test")
