"""The five architectures: one stem and one head, and between them five ways to read a sequence.

Each takes beats as they come, float32 of shape (n, 187), and gives the probabilities of the classes N S V F Q, shape (n, 5).
They are made of Keras's own layers alone, so that `keras.saving.load_model` needs none of this code. A further architecture
is one function that turns a sequence into a sequence, and one entry in `ARCHITECTURES`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import keras
from keras import layers, ops
from sklearn.preprocessing import MinMaxScaler

from ecg.beats import BEAT_LENGTH
from ecg.classes import LABELS
from ecg.errors import InputError
from ecg.recipe import Recipe

CHANNELS = 64


@dataclass(frozen=True)
class Architecture:
    """One way to read a beat.

    Attributes
    ----------
    core : callable
        Takes the stem's sequence, shape (n, 47, 64), and returns a sequence, shape (n, steps, channels).
    recipe : Recipe
        How it is trained.
    """

    core: Callable[[keras.KerasTensor], keras.KerasTensor]
    recipe: Recipe = field(default_factory=Recipe)


def build(architecture: str, scaler: MinMaxScaler) -> keras.Model:
    """Build an untrained model.

    Parameters
    ----------
    architecture : str
        A key of `ARCHITECTURES`.
    scaler : MinMaxScaler
        Fitted on the training beats; it becomes the first layer.

    Returns
    -------
    keras.Model
        Input float32 (n, 187), output probabilities (n, 5).

    Raises
    ------
    InputError
        If there is no such architecture.
    """
    if architecture not in ARCHITECTURES:
        raise InputError(f"Invalid architecture: {architecture!r}. Possible: {', '.join(ARCHITECTURES)}.")
    beat = keras.Input((BEAT_LENGTH,), name="beat")
    sequence = ARCHITECTURES[architecture].core(_stem(_scale(beat, scaler)))
    return keras.Model(beat, _head(sequence), name=architecture)


def _scale(beat: keras.KerasTensor, scaler: MinMaxScaler) -> keras.KerasTensor:
    # not layers.Normalization: its arrays become inputs of the ONNX model that nobody can feed
    return layers.Rescaling(scaler.scale_.tolist(), scaler.min_.tolist(), name="min_max_scaler")(beat)


def _stem(beat: keras.KerasTensor) -> keras.KerasTensor:
    sequence = layers.Reshape((BEAT_LENGTH, 1))(beat)
    for channels in (CHANNELS // 2, CHANNELS):
        sequence = _convolution(sequence, channels, kernel_size=7, strides=2)
    return sequence  # (n, 47, 64)


def _head(sequence: keras.KerasTensor) -> keras.KerasTensor:
    summary = layers.Concatenate()([layers.GlobalAveragePooling1D()(sequence), layers.GlobalMaxPooling1D()(sequence)])
    summary = layers.Dropout(0.3)(summary)
    summary = layers.Dense(64, activation="relu")(summary)
    return layers.Dense(len(LABELS), activation="softmax", name="probabilities")(summary)


def _convolution(
    sequence: keras.KerasTensor, channels: int, kernel_size: int, strides: int = 1, activation: str = "relu"
) -> keras.KerasTensor:
    sequence = layers.Conv1D(channels, kernel_size, strides=strides, padding="same", use_bias=False)(sequence)
    return layers.Activation(activation)(layers.BatchNormalization()(sequence))


def _bidirectional(layer: type[layers.RNN], units: int) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    def core(sequence: keras.KerasTensor) -> keras.KerasTensor:
        for _ in range(2):
            sequence = layers.Bidirectional(layer(units, return_sequences=True))(sequence)
        return sequence  # (n, 47, 2 * units)

    return core


def _residual_convolutions(sequence: keras.KerasTensor) -> keras.KerasTensor:
    for channels, strides in ((64, 1), (64, 1), (128, 2), (128, 1), (128, 2)):
        shortcut = sequence
        if strides > 1 or channels != sequence.shape[-1]:
            shortcut = _convolution(sequence, channels, kernel_size=1, strides=strides, activation="linear")
        inner = _convolution(sequence, channels, kernel_size=5, strides=strides)
        inner = _convolution(inner, channels, kernel_size=5, activation="linear")
        sequence = layers.Activation("relu")(layers.Add()([shortcut, inner]))
    return sequence  # (n, 12, 128)


def _transformer(sequence: keras.KerasTensor) -> keras.KerasTensor:
    steps, channels = sequence.shape[1:]
    positions = ops.cumsum(ops.ones_like(sequence[:, :, 0], dtype="int32"), axis=1) - 1  # (n, 47): 0, 1, 2, ...
    sequence = layers.Add()([sequence, layers.Embedding(steps, channels)(positions)])
    for _ in range(3):
        normed = layers.LayerNormalization()(sequence)
        attended = layers.MultiHeadAttention(num_heads=4, key_dim=channels // 4, dropout=0.1)(normed, normed)
        sequence = layers.Add()([sequence, attended])
        # reads five steps, as in FastSpeech (https://arxiv.org/abs/1905.09263): attention alone is poor at what is near
        inner = layers.Conv1D(2 * channels, 5, padding="same", activation="relu")(layers.LayerNormalization()(sequence))
        inner = layers.Dropout(0.1)(layers.Dense(channels)(inner))
        sequence = layers.Add()([sequence, inner])
    return layers.LayerNormalization()(sequence)  # (n, 47, 64)


ARCHITECTURES: dict[str, Architecture] = {
    "simple_rnn": Architecture(_bidirectional(layers.SimpleRNN, 64), Recipe(epochs=30)),
    "cnn": Architecture(_residual_convolutions),
    "lstm": Architecture(_bidirectional(layers.LSTM, 64), Recipe(epochs=30)),
    "gru": Architecture(_bidirectional(layers.GRU, 64)),
    "attention": Architecture(_transformer, Recipe(weight_decay=5e-2, mixup=0.2)),
    "no_core": Architecture(lambda sequence: sequence),
}
"""The architectures by name, and last the ablation, stem and head alone; what people call them stands in `ecg.names`."""
