"""Tests of `ecg.training`."""
