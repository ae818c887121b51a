"""Tests of `ecg.exploration`."""
