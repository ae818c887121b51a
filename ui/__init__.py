"""The demo: a module for each tab, and the endpoints for programs. What they call is in `ecg`."""
