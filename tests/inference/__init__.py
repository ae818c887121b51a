"""Tests of `ecg.inference`."""
