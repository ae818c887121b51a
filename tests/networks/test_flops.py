"""Counting arithmetic."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ecg.data.beat_table import BeatTable
from ecg.networks.architectures import build
from ecg.networks.flops import mflops


@pytest.mark.parametrize("architecture", ["cnn", "no_core", "attention"])
def test_the_count_agrees_with_the_profiler_of_tensorflow(architecture: str, generated: BeatTable) -> None:
    """Within the few per cent of activations, normalisation and pooling. It cannot count the turns of a recurrent layer."""
    model = build(architecture, {"beat": generated.beats})
    graph = (
        tf.function(lambda beat: model(beat, training=False)).get_concrete_function(tf.TensorSpec((1, 187), tf.float32)).graph
    )
    options = tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation())
    profile = tf.compat.v1.profiler.profile(graph, options=options.with_empty_output().build())
    assert 0.9 < mflops(model) / (profile.total_float_ops / 1e6) <= 1.01


def test_a_recurrent_layer_by_hand() -> None:
    sequence = keras.Input((47, 8))
    model = keras.Model(sequence, layers.Bidirectional(layers.GRU(16, return_sequences=True))(sequence))
    assert mflops(model) == pytest.approx(2 * 2 * 47 * 3 * (8 * 16 + 16 * 16) / 1e6)


def test_a_dense_layer_by_hand() -> None:
    vector = keras.Input((10,))
    assert mflops(keras.Model(vector, layers.Dense(3)(vector))) == pytest.approx(60e-6)
    assert np.isfinite(mflops(keras.Model(vector, vector)))
