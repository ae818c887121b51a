"""The comparison of the project's ONNX files with Keras's own export."""

import pytest

from benchmarks import onnx_export


def test_without_tf2onnx_the_comparison_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_export, "find_spec", lambda name: None)
    assert onnx_export.measure(quick=True) == []
