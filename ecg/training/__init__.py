"""How the models are trained: fitting, checkpoints, cross-validation, augmentation, export."""
