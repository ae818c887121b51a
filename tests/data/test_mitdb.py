"""Finding, checking and downloading the records."""

import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import wfdb
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ecg.data import mitdb
from ecg.errors import InputError


@pytest.fixture
def copy(records: Path, tmp_path: Path) -> Path:
    """A folder of links to the records, in which single files can be replaced."""
    folder = tmp_path / "mitdb"
    folder.mkdir()
    for name in mitdb.published_checksums():
        (folder / name).symlink_to((records / name).resolve())
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an empty user's cache, with no other folder named."""
    monkeypatch.delenv(mitdb.ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return mitdb.cache_folder()


class RangeHandler(SimpleHTTPRequestHandler):
    """Serves files and, as PhysioNet does, the rest of a file from some byte on."""

    def do_GET(self) -> None:
        """Answer a request for a file, or for its rest."""
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not wanted:
            return super().do_GET()
        content, start = Path(self.translate_path(self.path)).read_bytes(), int(wanted[1])
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:])
        return None

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def physionet(copy: Path, tmp_path: Path) -> Iterator[Path]:
    """A server on loopback that has the records where PhysioNet has them; its folder of files."""
    site = tmp_path / "site"
    (site / "mitdb").mkdir(parents=True)
    (site / mitdb.DATABASE).symlink_to(copy)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(RangeHandler, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    original = wfdb.io.download.config.db_index_url
    wfdb.set_db_index_url(f"http://127.0.0.1:{server.server_port}/")
    yield copy
    wfdb.set_db_index_url(original)
    server.shutdown()
    server.server_close()


def test_the_protocols_share_no_record_and_leave_out_the_paced_ones() -> None:
    assert len(mitdb.RECORDS) == len(set(mitdb.RECORDS)) == 48
    assert len(mitdb.DS1) == len(mitdb.DS2) == 22


def test_option_goes_before_environment(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(mitdb.ENVIRONMENT_VARIABLE, "/nowhere")
    assert mitdb.locate(copy) == copy
    monkeypatch.setenv(mitdb.ENVIRONMENT_VARIABLE, str(copy))
    assert mitdb.locate() == copy
    assert mitdb.find() == copy


def test_a_record_is_read_whole(records: Path) -> None:
    record = mitdb.read_record(records, "208")
    assert record.signal.shape == (mitdb.N_SAMPLES,)
    assert len(record.samples) == len(record.symbols) == 3040


def test_every_record_is_read_as_by_wfdb(records: Path) -> None:
    for record in mitdb.read_records(records):
        stem = str(records / record.name)
        theirs = wfdb.rdrecord(stem, channels=[0], physical=False, return_res=16)
        annotation = wfdb.rdann(stem, "atr")
        np.testing.assert_array_equal(record.signal, theirs.d_signal[:, 0])
        np.testing.assert_array_equal(record.samples, annotation.sample)
        np.testing.assert_array_equal(record.symbols, annotation.symbol)


@given(hnp.arrays(np.int16, st.tuples(st.integers(0, 50), st.just(2)), elements=st.integers(-2048, 2047)))
def test_the_first_of_two_signals_is_unpacked(signals: np.ndarray) -> None:
    packed = [bytes((one & 255, one >> 8 & 15 | other >> 4 & 240, other & 255)) for one, other in signals.tolist()]
    first = mitdb.first_signal(b"".join(packed))
    assert first.dtype == np.int16
    np.testing.assert_array_equal(first, signals[:, 0])


def test_a_record_that_is_not_whole_is_not_read(copy: Path) -> None:
    replace_by(copy / "117.dat", (copy / "117.dat").read_bytes()[:-3])
    with pytest.raises(InputError, match=r"117\.dat has 1,949,997 bytes where 1,950,000 \(650,000 samples\)"):
        mitdb.read_record(copy, "117")


def test_an_unknown_record_is_refused() -> None:
    with pytest.raises(InputError, match="no record '110'"):
        mitdb.read_record(Path(), "110")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere does not exist.*--mitdb DIR"):
        mitdb.locate(tmp_path / "nowhere")


def test_missing_files_are_named(copy: Path) -> None:
    (copy / "203.atr").unlink()
    with pytest.raises(InputError, match=r"lacks 1 of the 144 files: 203\.atr"):
        mitdb.locate(copy)


def replace_by(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def test_a_truncated_signal_is_named(copy: Path) -> None:
    replace_by(copy / "117.dat", (copy / "117.dat").read_bytes()[:-3])
    with pytest.raises(InputError, match=r"117\.dat has 1,949,997 bytes where 1,950,000 \(650,000 samples\)"):
        mitdb.locate(copy)


def test_a_changed_annotation_file_is_named(copy: Path) -> None:
    content = bytearray((copy / "117.atr").read_bytes())
    content[100] ^= 1
    replace_by(copy / "117.atr", bytes(content))
    with pytest.raises(InputError, match=r"117\.atr is not the file that PhysioNet publishes"):
        mitdb.locate(copy)


def test_records_are_downloaded_into_the_cache(physionet: Path, cache: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert mitdb.locate() == cache
    assert sorted(file.name for file in cache.iterdir()) == sorted(mitdb.published_checksums())
    assert not cache.with_name("mitdb.part").exists()
    assert "144/144" in capfd.readouterr().err


def test_an_interrupted_download_goes_on(physionet: Path, cache: Path) -> None:
    """Whole files are kept, and of a file that had begun to arrive only the rest is fetched."""
    shutil.copytree(physionet, cache)
    for name in ("100.dat", "234.atr"):
        (cache / name).unlink()
    staging = cache.with_name("mitdb.part")
    staging.mkdir()
    (staging / "100.dat").write_bytes((physionet / "100.dat").read_bytes()[:1_000_000])
    before = (cache / "101.dat").stat().st_ino
    assert mitdb.locate() == cache
    assert (cache / "101.dat").stat().st_ino == before


def test_what_arrives_damaged_is_not_kept(physionet: Path, cache: Path) -> None:
    replace_by(physionet / "100.hea", b"nonsense\n")
    with pytest.raises(InputError, match=r"100\.hea did not arrive as it is published"):
        mitdb.locate()
    assert not (cache / "100.hea").exists()
    assert mitdb.find() is None


def test_an_unreachable_server_is_explained(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wfdb.io.download.config, "db_index_url", "http://127.0.0.1:9/")
    with pytest.raises(InputError, match=r"could not be downloaded .* --mitdb DIR"):
        mitdb.locate()
