"""What a model costs to run, counted from its layers."""

import math

import keras
from keras import layers


def mflops(model: keras.Model) -> float:
    """Count the floating-point operations of classifying one beat, in millions.

    A multiplication and an addition count as two. Only matrix products are counted; activations, normalisation and pooling
    would add a few per cent.
    """
    return sum(_operations(layer) for layer in model.layers) / 1e6


def _operations(layer: layers.Layer) -> int:
    positions = math.prod(layer.output.shape[1:-1])
    kernels = sum(math.prod(weights.shape) for weights in layer.weights if weights.name.endswith("kernel"))
    operations = 2 * positions * kernels
    if isinstance(layer, layers.MultiHeadAttention):  # queries by keys, and weights by values
        operations += 4 * positions**2 * layer.num_heads * layer.key_dim
    return operations
