"""Faults and load for as long as it takes; `make test` does the same a few times. See `tests.soak.__main__`."""
