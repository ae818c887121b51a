"""Tests of `middleware`."""
