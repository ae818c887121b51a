"""Tests of `ecg.data`."""
