"""The commands of ``python -m ecg``, one module each; `ecg.__main__` lists them."""
