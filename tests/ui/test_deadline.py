"""The limit on the time of an analysis."""

import pytest

from ecg.errors import InputError
from ecg.inference.recording_analysis import analyse
from ecg.io.recording import Source, take_lead
from tests.io.test_readers import ECG, FS
from ui.deadline import with_deadline


def test_an_analysis_that_takes_too_long_is_broken_off() -> None:
    recording = take_lead(Source("made", ("MLII",), ("mV",), (FS,), lambda _: ECG))
    reported: list[str] = []
    assert len(analyse(recording, {}, with_deadline(60, lambda _, doing: reported.append(doing))).peaks) > 10
    assert reported == ["looking for noise", "finding the heartbeats", "cutting the heartbeats"]
    with pytest.raises(InputError, match="takes longer than -1 s .0% of it is done.. Give a shorter part"):
        analyse(recording, {}, with_deadline(-1))
