"""Tests of `ecg.io`."""
