"""How good the models are: metrics, calibration, confidence intervals, and the tables and figures of ``results/``."""
