"""Tests of `ecg.evaluation`."""
