"""Tests of `ecg.networks`."""
