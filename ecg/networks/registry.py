"""Names and titles of the models, apart from `ecg.networks.architectures`, which needs Keras."""

TITLES: dict[str, str] = {
    "simple_rnn": "SimpleRNN",
    "cnn": "CNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "attention": "Attention",
}
"""Titles by the name used in commands, folders and answers. The order is that of every comparison."""
ABLATION = "no_core"
REFERENCE_TITLES: dict[str, str] = {
    ABLATION: "no core (stem and head)",
    "hist_gradient_boosting": "histogram gradient boosting",
    "random_forest": "random forest",
    "logistic_regression": "logistic regression",
    "majority_class": "majority class",
}
"""What the five are compared with: the ablation without a core, and scikit-learn's baselines."""
ALL_TITLES = TITLES | REFERENCE_TITLES
