"""Tests of `ecg.commands`."""
