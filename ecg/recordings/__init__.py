"""Recordings of people: read them, find their heartbeats, let the models classify each, and report."""
