"""Tests of `ecg.archive`."""
