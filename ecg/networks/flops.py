"""What a model costs to run, counted from its layers."""

import math

import keras
from keras import layers


def mflops(model: keras.Model) -> float:
    """Count the arithmetic of classifying one beat.

    Parameters
    ----------
    model : keras.Model
        A model of Dense, convolutional, recurrent and attention layers.

    Returns
    -------
    float
        Millions of floating-point operations, a multiplication and an addition counting as two. Matrix products alone are
        counted; activations, normalisation and pooling, a few per cent, are not.
    """
    return sum(_operations(layer) for layer in model.layers) / 1e6


def _operations(layer: layers.Layer) -> int:
    positions = math.prod(layer.output.shape[1:-1])
    kernels = sum(math.prod(weights.shape) for weights in layer.weights if weights.name.endswith("kernel"))
    operations = 2 * positions * kernels
    if isinstance(layer, layers.MultiHeadAttention):  # queries with keys, and the weights with the values
        operations += 4 * positions**2 * layer.num_heads * layer.key_dim
    return operations
