"""Tests of `ecg.loopback_hub`."""
