"""Bad input ends in a right answer or in a clear message, and what is no ECG gets no confident label."""

import itertools
import json
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg.data import mitdb
from ecg.errors import InputError
from ecg.inference.classifier import Model, load_models
from ecg.inference.recording_analysis import analyse, is_inverted
from ecg.io.readers import read_recording
from ecg.io.recording import Source, take_lead
from ecg.signal.context_beat import cut_context_beats
from ecg.signal.r_peaks import find_peaks
from tests.builders import PROJECT
from tests.fuzz import endpoints
from tests.fuzz.__main__ import inputs
from tests.fuzz.mutators import NUMBERS, RECORDINGS, mutate
from tests.fuzz.no_ecg import FS, NO_ECG
from tests.fuzz.seeds import ECG, Case, record, seeds
from tests.fuzz.traps import traps
from tests.fuzz.trial import attempt
from tests.fuzz.workers import Workers

SHARE = 300
"""Inputs of the many that `python -m tests.fuzz` reads: all valid ones, all traps, and the first damaged ones."""
MOST_BYTES = 1_000_000
"""Of such an input: larger ones take time, which this does not measure."""
EACH = 2
"""Signals made of each kind."""
ASKED = 40
"""Requests of the many that `python -m tests.fuzz.endpoints` sends."""
UPLOADED = (
    "header with skewed by a billion samples",
    "a segment 20,000 times",
    "EDF with half of its records",
    "CSV with a quote that never ends",
    "NPY with terabytes promised",
    "NPY with harmful objects",
    "zip with a bomb of 200 MB of CSV",
    "zip with a link to a file of the machine",
)
"""Kinds of traps that are set for the server too."""
UPRIGHT = [name for name in mitdb.RECORDS if name not in ("102", "104", "114", "207")]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """A process that reads, and may come to harm."""
    with closing(Workers(1)) as started:
        yield started


@pytest.mark.parametrize("case", [case for case in seeds() if case.parser in RECORDINGS], ids=lambda case: case.kind)
def test_the_valid_recordings_hold_the_ecg(case: Case, tmp_path: Path) -> None:
    for name, content in case.files.items():
        (tmp_path / name).write_bytes(content)
    recording = read_recording(sorted(tmp_path.iterdir()), case.fs, lead=case.lead)
    known = np.flatnonzero(~recording.missing[: len(ECG) // 2])
    scale = 1000 if "int16" in case.kind else 1
    np.testing.assert_allclose(recording.signal[known] / scale, ECG[known], atol=0.01)


def test_bad_input_is_answered_or_explained(workers: Workers) -> None:
    small = (case for case in inputs() if sum(map(len, case.files.values())) < MOST_BYTES)
    ended = list(workers.read(itertools.islice(small, SHARE)))
    # tests time nothing; `python -m tests.fuzz` does
    bad = [(case.kind, case.damage, outcome) for case, outcome in ended if not outcome.good and outcome.verdict != "slow"]
    assert not bad
    assert {outcome.verdict for _, outcome in ended[: len(seeds())]} == {"answered"}


NUMBER = st.sampled_from([*NUMBERS, "2", "125", "1500", "16", "212"])


@settings(max_examples=100)
@given(
    first=st.lists(NUMBER, min_size=1, max_size=5),
    signals=st.lists(
        st.builds(
            "mine.dat {}x{}:{}+{} {}({})/mV {} {} {} {} {} II".format, *[st.one_of(st.just("1"), st.just("16"), NUMBER)] * 11
        ),
        max_size=3,
    ),
)
def test_any_header_is_read_or_explained(first: list[str], signals: list[str]) -> None:
    header = "\n".join([" ".join(["mine", *first]), *signals]) + "\n"
    case = Case("wfdb", "a header of any numbers", record("16") | {"mine.hea": header.encode()})
    assert attempt(case).good


def test_the_same_seed_does_the_same_damage() -> None:
    first, again = (mutate(seeds()[0], random.Random("7")) for _ in range(2))
    assert first == again
    assert first.damage


def test_a_worker_that_dies_is_replaced(workers: Workers) -> None:
    harmful = replace(seeds()[0], parser="no such parser")
    assert [outcome.verdict for _, outcome in workers.read([harmful, seeds()[0]])] == ["dead worker", "answered"]


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    """The models for recordings, as shipped."""
    return load_models(PROJECT / "models" / "all_patients")


def assert_is_doubted(signal: np.ndarray, models: dict[str, Model]) -> None:
    recording = take_lead(Source("made", ("MLII",), ("mV",), (FS,), lambda _: signal))
    try:
        warnings = analyse(recording, models).warnings
    except InputError:
        return
    assert any("Is this an ECG?" in warning or "is flat, missing or noise" in warning for warning in warnings)


@pytest.mark.parametrize("kind", NO_ECG)
def test_what_is_no_ecg_gets_no_confident_label(kind: str, models: dict[str, Model]) -> None:
    for seed in range(EACH):
        assert_is_doubted(NO_ECG[kind](np.random.default_rng(seed)), models)


@settings(max_examples=20)
@given(st.sampled_from(sorted(NO_ECG)), st.integers(0, 2**32), st.floats(1e-6, 1e6), st.floats(-1e3, 1e3))
def test_neither_unit_nor_offset_makes_an_ecg_of_it(kind: str, seed: int, gain: float, offset: float) -> None:
    assert_is_doubted(gain * (NO_ECG[kind](np.random.default_rng(seed)) + offset), {})


def test_leads_upside_down_are_noticed(records: Path) -> None:
    """Of the records of lead MLII but 207, whose QRS complexes do point down; five minutes of each."""
    suspected: dict[int, list[str]] = {1: [], -1: []}
    for name in UPRIGHT:
        ecg = mitdb.read_record(records, name).signal[: 5 * 60 * mitdb.FS]
        for sign, names in suspected.items():
            if is_inverted(cut_context_beats(sign * ecg, mitdb.FS, find_peaks(sign * ecg, mitdb.FS))):
                names.append(name)
    assert len(suspected[1]) <= 1
    assert len(suspected[-1]) >= 40


BODIES = [
    *(
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"data": null}',
        b'{"data": {}}',
        b'{"data": 5}',
        b'{"data": []}',
        b"\xff\xfe",
        b"[" * 3000,
    ),
    b'{"data": [[NaN]]}',
    b'{"data": [1, 2, 3, 4, 5, 6, 7]}',
    b'{"data": ["\\ud800", null, null, null]}',
    b'{"data": [' + b"[" * 900 + b"]" * 900 + b", null, null, null]}",
    b'{"data": [[{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}], 360, null, null]}',
    b'{"data": [[{"path": "http://127.0.0.1:1/x.csv", "meta": {"_type": "gradio.FileData"}}], 360, null, null]}',
    b'{"data": [[{"path": "../../etc/passwd", "meta": {"_type": "gradio.FileData"}}], "x", 5, {}]}',
    b'{"data": [{"path": null}, 360, "mV", "\\u0000"]}',
    b'{"data": [[], 1e999, 5, {}]}',
    b'{"data": [], "session_hash": {"a": 1}}',
    b'{"data": [], "fn_index": 99}',
]
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=10,
)


def answered(url: str, endpoint: str, body: bytes) -> str:
    """Post to an endpoint of the demo, and return what it says in the end."""
    address = f"{url}/gradio_api/call/{endpoint}"
    answer = httpx.post(address, content=body, headers={"Content-Type": "application/json"}, timeout=60)
    if answer.is_success:
        answer = httpx.get(f"{address}/{answer.json()['event_id']}", timeout=60)
    assert answer.status_code < 500, answer.text
    assert not endpoints.INSIDE.search(answer.text)
    return answer.text


def assert_still_answers(url: str) -> None:
    beat = next(case for case in seeds() if case.kind == "one beat in JSON").files["beat"]
    assert "event: complete" in answered(url, "classify_beat", b'{"data": [' + beat + b"]}")


@pytest.mark.parametrize("endpoint", ["classify_beat", "classify_beats", "classify_recording"])
def test_no_request_brings_the_server_down(demo: tuple[str, int], endpoint: str) -> None:
    for body in BODIES:
        assert "event: complete" not in answered(demo[0], endpoint, body)
    assert_still_answers(demo[0])


@settings(max_examples=30)
@given(st.sampled_from(["classify_beat", "classify_beats"]), JSON)
def test_any_json_is_explained(demo: tuple[str, int], endpoint: str, value: object) -> None:
    said = answered(demo[0], endpoint, json.dumps({"data": [value]}).encode())
    event, data = said.strip().split("\n", 1)
    assert event == "event: error"
    assert len(json.loads(data.removeprefix("data: "))["error"]) > 20


def test_any_request_is_answered_or_explained(demo: tuple[str, int]) -> None:
    with httpx.Client(base_url=demo[0], timeout=60) as client:
        for sent in itertools.islice(endpoints.requests(), ASKED):
            ended = endpoints.send(client, sent, demo[1])
            assert ended.good or ended.verdict == "slow", (sent, ended)  # tests time nothing
    assert_still_answers(demo[0])


def test_uploads_that_do_harm_are_explained(demo: tuple[str, int]) -> None:
    harmful = [case for case in traps() if case.kind in UPLOADED]
    assert len(harmful) == len(UPLOADED)
    for case in harmful:
        files = [("files", (name, content)) for name, content in case.files.items()]
        paths = httpx.post(f"{demo[0]}/gradio_api/upload", files=files, timeout=60).json()
        data = [[{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths], case.fs, None, case.lead]
        said = answered(demo[0], "classify_recording", json.dumps({"data": data}).encode())
        assert said.startswith("event: error")
        assert len(json.loads(said.partition("data: ")[2])["error"]) > 20
    assert_still_answers(demo[0])
