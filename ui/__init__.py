"""The tabs of the demo: wiring only, what they call lives in `ecg`."""
