"""Benchmarks: contestants side by side in one run, apart from the tests."""
