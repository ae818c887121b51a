"""The names of the architectures, apart from `ecg.architectures`, which needs Keras."""

TITLES: dict[str, str] = {
    "simple_rnn": "SimpleRNN",
    "cnn": "CNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "attention": "Attention",
}
"""What people call each architecture, by its name in commands, folders and answers; in the order of every comparison."""
