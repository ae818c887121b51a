"""The five architectures: one stem and one head, and between them five ways to read a sequence.

Each takes inputs as they come (see `ecg.networks.inputs`) and gives the probabilities of the classes N S V F Q, shape (n, 5). The core
reads the beat; the rhythm, where it is given, is a handful of numbers and joins at the head. They are made of Keras's own
layers alone, so that `keras.saving.load_model` needs none of this code. A further architecture is one function that turns a
sequence into a sequence, and one entry in `ARCHITECTURES`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import keras
import numpy as np
from keras import layers, ops
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from ecg.classes import LABELS
from ecg.errors import InputError
from ecg.networks.hyperparameters import Hyperparameters
from ecg.networks.inputs import Inputs, for_keras
from ecg.signal.kaggle_beat import BEAT_LENGTH
from ecg.signal.rr_features import RATIOS

CHANNELS = 64
FURTHEST = 3
"""Standard deviations beyond which a number of the rhythm is no further from the mean: what is rare is not extrapolated."""


@dataclass(frozen=True)
class Architecture:
    """One way to read a beat.

    Attributes
    ----------
    core : callable
        Takes the stem's sequence, shape (n, steps, 64), and returns a sequence, shape (n, steps, channels). A Kaggle beat has
        47 steps, a beat in context 30.
    hyperparameters : Hyperparameters
        How it is trained under the intra-patient protocol.
    """

    core: Callable[[keras.KerasTensor], keras.KerasTensor]
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)


def build(architecture: str, training: Inputs) -> keras.Model:
    """Build an untrained model.

    Parameters
    ----------
    architecture : str
        A key of `ARCHITECTURES`.
    training : dict of str to ndarray
        Inputs of the training beats. The model takes inputs of the same shapes, and scales them as these need it.

    Returns
    -------
    keras.Model
        Output: probabilities, (n, 5).

    Raises
    ------
    InputError
        If there is no such architecture.
    """
    if architecture not in ARCHITECTURES:
        raise InputError(f"Invalid architecture: {architecture!r}. Possible: {', '.join(ARCHITECTURES)}.")
    inputs = {name: keras.Input(values.shape[1:], name=name) for name, values in training.items()}
    summary = _summarised(ARCHITECTURES[architecture].core(_stem(_scaled_beat(inputs["beat"], training["beat"]))))
    if "rhythm" in inputs:
        probabilities = _head_with_rhythm(summary, inputs["rhythm"], training["rhythm"])
    else:
        probabilities = layers.Dense(len(LABELS), activation="softmax", name="probabilities")(_features(summary))
    return keras.Model(for_keras(inputs), probabilities, name=architecture)


def hyperparameters_of(architecture: str, protocol: str) -> Hyperparameters:
    """Say how a model is trained.

    Parameters
    ----------
    architecture : str
        A key of `ARCHITECTURES`.
    protocol : str
        One of `ecg.data.splits.PROTOCOLS`.

    Returns
    -------
    Hyperparameters
        The architecture's own; for patients never seen shorter, because what is learnt late is the patients of the training
        set, and with made-up rhythms.
    """
    hyperparameters = ARCHITECTURES[architecture].hyperparameters
    return (
        hyperparameters
        if protocol == "intra_patient"
        else replace(hyperparameters, epochs=3, weight_decay=5e-2, rr_augmentation=0.7)
    )


def _scaled_beat(beat: keras.KerasTensor, training: np.ndarray) -> keras.KerasTensor:
    if beat.ndim == 3:  # a beat in context, which is scaled by its recording
        return beat
    scaler = MinMaxScaler().fit(training)
    # not layers.Normalization: its arrays become inputs of the ONNX model that nobody can feed
    scaled = layers.Rescaling(scaler.scale_.tolist(), scaler.min_.tolist(), name="min_max_scaler")(beat)
    return layers.Reshape((BEAT_LENGTH, 1))(scaled)


def _stem(sequence: keras.KerasTensor) -> keras.KerasTensor:
    for channels in (CHANNELS // 2, CHANNELS):
        sequence = _convolution(sequence, channels, kernel_size=7, strides=2)
    return sequence  # (n, 47 or 30, 64)


def _rhythm(numbers: keras.KerasTensor, training: np.ndarray, units: int) -> keras.KerasTensor:
    scaler = StandardScaler().fit(training)
    scale, offset = 1 / scaler.scale_ / FURTHEST, -scaler.mean_ / scaler.scale_ / FURTHEST
    numbers = layers.Activation("hard_tanh")(layers.Rescaling(scale.tolist(), offset.tolist())(numbers))
    # noise, because a network soon knows the rhythms of twenty people by heart
    numbers = layers.GaussianNoise(0.3 / FURTHEST)(numbers)
    return layers.Dense(units, activation="relu")(numbers)  # (n, units)


def _summarised(sequence: keras.KerasTensor) -> list[keras.KerasTensor]:
    return [layers.GlobalAveragePooling1D()(sequence), layers.GlobalMaxPooling1D()(sequence)]


def _features(summary: list[keras.KerasTensor]) -> keras.KerasTensor:
    features = layers.Dropout(0.3)(layers.Concatenate()(summary))
    return layers.Dense(64, activation="relu")(features)  # (n, 64)


def _head_with_rhythm(summary: list[keras.KerasTensor], rhythm: keras.KerasTensor, training: np.ndarray) -> keras.KerasTensor:
    """Let the shape tell where a beat comes from, and the rhythm whether a supraventricular one is ectopic.

    An S beat is conducted like an N beat. What a network finds in the shapes of the few patients with many S beats does not
    hold for others, and keeps it from learning what does: so it is not asked. Nor do more than the plain ratios of RR
    intervals help it to tell V from the rest.
    """
    ratios = _rhythm(rhythm[:, :RATIOS], training[:, :RATIOS], units=16)
    origin = layers.Dense(4, name="origin")(_features([*summary, ratios]))  # supraventricular, that is N or S; V; F; Q
    ectopic = layers.Dense(1, name="ectopic")(_rhythm(rhythm, training, units=32))  # S rather than N
    logits = layers.Concatenate()([origin, ectopic])  # (n, 5)
    # to N S V F Q from supraventricular, V, F, Q and ectopic: fixed, and a layer so that calibration can be folded into it
    kernel = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1], [0, 1, 0, 0, 0]])
    last = layers.Dense(len(LABELS), activation="softmax", trainable=False, name="probabilities")
    probabilities = last(logits)
    last.set_weights([kernel, np.zeros(len(LABELS))])
    return probabilities


def _convolution(
    sequence: keras.KerasTensor, channels: int, kernel_size: int, strides: int = 1, activation: str = "relu"
) -> keras.KerasTensor:
    sequence = layers.Conv1D(channels, kernel_size, strides=strides, padding="same", use_bias=False)(sequence)
    return layers.Activation(activation)(layers.BatchNormalization()(sequence))


def _bidirectional(layer: type[layers.RNN], units: int) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    def core(sequence: keras.KerasTensor) -> keras.KerasTensor:
        for _ in range(2):
            sequence = layers.Bidirectional(layer(units, return_sequences=True))(sequence)
        return sequence  # (n, steps, 2 * units)

    return core


def _residual_convolutions(sequence: keras.KerasTensor) -> keras.KerasTensor:
    for channels, strides in ((64, 1), (64, 1), (128, 2), (128, 1), (128, 2)):
        shortcut = sequence
        if strides > 1 or channels != sequence.shape[-1]:
            shortcut = _convolution(sequence, channels, kernel_size=1, strides=strides, activation="linear")
        inner = _convolution(sequence, channels, kernel_size=5, strides=strides)
        inner = _convolution(inner, channels, kernel_size=5, activation="linear")
        sequence = layers.Activation("relu")(layers.Add()([shortcut, inner]))
    return sequence  # (n, steps / 4, 128)


def _transformer(sequence: keras.KerasTensor) -> keras.KerasTensor:
    steps, channels = sequence.shape[1:]
    positions = ops.cumsum(ops.ones_like(sequence[:, :, 0], dtype="int32"), axis=1) - 1  # (n, steps): 0, 1, 2, ...
    sequence = layers.Add()([sequence, layers.Embedding(steps, channels)(positions)])
    for _ in range(3):
        normed = layers.LayerNormalization()(sequence)
        attended = layers.MultiHeadAttention(num_heads=4, key_dim=channels // 4, dropout=0.1)(normed, normed)
        sequence = layers.Add()([sequence, attended])
        # reads five steps, as in FastSpeech (https://arxiv.org/abs/1905.09263): attention alone is poor at what is near
        inner = layers.Conv1D(2 * channels, 5, padding="same", activation="relu")(layers.LayerNormalization()(sequence))
        inner = layers.Dropout(0.1)(layers.Dense(channels)(inner))
        sequence = layers.Add()([sequence, inner])
    return layers.LayerNormalization()(sequence)  # (n, steps, 64)


ARCHITECTURES: dict[str, Architecture] = {
    "simple_rnn": Architecture(_bidirectional(layers.SimpleRNN, 64), Hyperparameters(epochs=30)),
    "cnn": Architecture(_residual_convolutions),
    "lstm": Architecture(_bidirectional(layers.LSTM, 64), Hyperparameters(epochs=30)),
    "gru": Architecture(_bidirectional(layers.GRU, 64)),
    "attention": Architecture(_transformer, Hyperparameters(weight_decay=5e-2, mixup=0.2)),
    "no_core": Architecture(lambda sequence: sequence),
}
"""The architectures by name, and last the ablation, stem and head alone; what people call them stands in `ecg.networks.registry`."""
