"""From a signal to heartbeats: R peaks, signal quality, the beats that models read, RR features."""
