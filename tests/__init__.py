"""Tests of the library, the command line, the models and the demo."""
