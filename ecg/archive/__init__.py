"""Classify a folder of recordings on one machine or a cluster: streamed, restartable, with the same results everywhere."""
