"""Tests of `ecg.signal`."""
