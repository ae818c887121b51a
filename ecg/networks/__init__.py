"""What is trained: the five architectures, the baselines, their inputs and hyperparameters."""
