"""Classify a folder of recordings, on one machine or on many: streamed, restartable, and the same results everywhere."""
