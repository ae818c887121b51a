"""The five architectures: a shared stem and head, and a core of its own in each that reads the sequence between them.

A model takes the inputs of `ecg.networks.inputs` and returns the probabilities of the classes N S V F Q, shape (n, 5). The
core reads the beat; the RR features, where they are given, join at the head. The models consist of Keras's own layers only,
so that `keras.saving.load_model` needs none of this code. To add an architecture, write one function from sequence to
sequence and add one entry to `ARCHITECTURES`.
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
CLIP_AT = 3
"""Standard deviations at which RR features are clipped, so that the network does not extrapolate to rare values."""


@dataclass(frozen=True)
class Architecture:
    """An architecture.

    Attributes
    ----------
    core : callable
        Maps the output of the stem, shape (n, steps, 64), to a sequence of shape (n, steps, channels). A Kaggle beat has 47
        steps, a beat in context 30.
    hyperparameters : Hyperparameters
        Those of the intra-patient protocol.
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
        Inputs of the training beats. They set the shapes of the inputs and the scaling inside the model.

    Returns
    -------
    keras.Model
        Output: probabilities, shape (n, 5).

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
    """Return the hyperparameters of an architecture under a protocol.

    Under the inter-patient protocol (and for all patients) training is shorter, because a network learns the training patients
    by heart in later epochs, and uses synthetic RR augmentation.
    """
    hyperparameters = ARCHITECTURES[architecture].hyperparameters
    return (
        hyperparameters
        if protocol == "intra_patient"
        else replace(hyperparameters, epochs=3, weight_decay=5e-2, rr_augmentation=0.7)
    )


def _scaled_beat(beat: keras.KerasTensor, training: np.ndarray) -> keras.KerasTensor:
    if beat.ndim == 3:  # a beat in context is scaled by its recording
        return beat
    scaler = MinMaxScaler().fit(training)
    # not layers.Normalization: in an ONNX file its arrays would become inputs of the model
    scaled = layers.Rescaling(scaler.scale_.tolist(), scaler.min_.tolist(), name="min_max_scaler")(beat)
    return layers.Reshape((BEAT_LENGTH, 1))(scaled)


def _stem(sequence: keras.KerasTensor) -> keras.KerasTensor:
    for channels in (CHANNELS // 2, CHANNELS):
        sequence = _convolution(sequence, channels, kernel_size=7, strides=2)
    return sequence  # (n, 47 or 30, 64)


def _rhythm(numbers: keras.KerasTensor, training: np.ndarray, units: int) -> keras.KerasTensor:
    scaler = StandardScaler().fit(training)
    scale, offset = 1 / scaler.scale_ / CLIP_AT, -scaler.mean_ / scaler.scale_ / CLIP_AT
    numbers = layers.Activation("hard_tanh")(layers.Rescaling(scale.tolist(), offset.tolist())(numbers))
    # noise keeps the network from learning the RR features of the few training patients by heart
    numbers = layers.GaussianNoise(0.3 / CLIP_AT)(numbers)
    return layers.Dense(units, activation="relu")(numbers)  # (n, units)


def _summarised(sequence: keras.KerasTensor) -> list[keras.KerasTensor]:
    return [layers.GlobalAveragePooling1D()(sequence), layers.GlobalMaxPooling1D()(sequence)]


def _features(summary: list[keras.KerasTensor]) -> keras.KerasTensor:
    features = layers.Dropout(0.3)(layers.Concatenate()(summary))
    return layers.Dense(64, activation="relu")(features)  # (n, 64)


def _head_with_rhythm(summary: list[keras.KerasTensor], rhythm: keras.KerasTensor, training: np.ndarray) -> keras.KerasTensor:
    """Decide from the shape where a beat originates, and from the RR features whether a supraventricular beat is ectopic.

    An S beat is conducted like an N beat. What a network learns from the shapes of the few patients with many S beats does not
    generalise to other patients, so the shape does not enter that decision. To tell V from the rest, more RR features than the
    plain ratios of RR intervals do not help either.
    """
    ratios = _rhythm(rhythm[:, :RATIOS], training[:, :RATIOS], units=16)
    origin = layers.Dense(4, name="origin")(_features([*summary, ratios]))  # supraventricular, that is N or S; V; F; Q
    ectopic = layers.Dense(1, name="ectopic")(_rhythm(rhythm, training, units=32))  # S rather than N
    logits = layers.Concatenate()([origin, ectopic])  # (n, 5)
    # from supraventricular, V, F, Q and ectopic to N S V F Q: fixed; it is a layer so that calibration can be folded into it
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
        # five steps wide, as in FastSpeech (https://arxiv.org/abs/1905.09263): attention alone is weak at local patterns
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
"""The architectures by name, and the ablation without a core; their titles are in `ecg.networks.registry`."""
