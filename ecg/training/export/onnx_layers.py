"""Translations of Keras's layers to ONNX.

A translation adds a layer to a graph and returns the name and the layout (see `ecg.training.export.onnx_graph`) of its output.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from ecg.errors import InputError
from ecg.training.export.onnx_graph import Graph, Translation, keras_layout


def _activated(graph: Graph, name: str, activation: Callable[..., Any], layout: str) -> str:
    match activation.__name__:
        case "linear":
            return name
        case "relu":
            return graph.add("Relu", name)
        case "hard_tanh":
            return graph.add("Clip", name, np.array(-1.0), np.array(1.0))
        case "softmax":
            return graph.add("Softmax", name, axis=layout.index("c"))
    raise InputError(
        f"The activation {activation.__name__} has no translation to ONNX. Add it to ecg/training/export/onnx_layers.py."
    )


def _activation(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    layout = graph.layout(layer.input)
    return _activated(graph, graph.name(layer.input, layout), layer.activation, layout), layout


def _identity(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    layout = graph.layout(layer.input)
    return graph.name(layer.input, layout), layout


def _rescaling(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    layout = keras_layout(layer.input)
    scaled = graph.add("Mul", graph.name(layer.input, layout), np.array(layer.scale, np.float32))
    return graph.add("Add", scaled, np.array(layer.offset, np.float32)), layout


def _reshape(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    given = graph.name(layer.input, keras_layout(layer.input))
    return graph.add("Reshape", given, np.array([-1, *layer.target_shape])), keras_layout(layer.output)


def _columns(graph: Graph, operation: keras.Operation) -> tuple[str, str]:
    numbered = np.arange(operation.input.shape[1], dtype=np.float32)[np.newaxis]
    chosen = np.asarray(keras.Model(operation.input, operation.output)(numbered))[0]
    return graph.add("Gather", graph.name(operation.input, "nc"), chosen.astype(int), axis=1), "nc"


def _dense(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    layout = keras_layout(layer.input)
    product = graph.add("MatMul", graph.name(layer.input, layout), np.asarray(layer.kernel))
    return _activated(graph, graph.add("Add", product, np.asarray(layer.bias)), layer.activation, layout), layout


def _convolution(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    kernel = np.asarray(layer.kernel).transpose(2, 1, 0)[:, :, np.newaxis]  # (out, in, 1, width)
    bias = [np.asarray(layer.bias)] if layer.use_bias else []
    given = graph.name(layer.input, "nc1l")
    convolved = graph.add("Conv", given, kernel, *bias, strides=[1, *layer.strides], auto_pad="SAME_UPPER")
    return _activated(graph, convolved, layer.activation, "nc1l"), "nc1l"


def _batch_normalization(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    weights = [np.asarray(weight) for weight in (layer.gamma, layer.beta, layer.moving_mean, layer.moving_variance)]
    # ONNX Runtime folds it into the convolution before
    return graph.add("BatchNormalization", graph.name(layer.input, "nc1l"), *weights, epsilon=layer.epsilon), "nc1l"


def _layer_normalization(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    layout, weights = keras_layout(layer.input), [np.asarray(layer.gamma), np.asarray(layer.beta)]
    given = graph.name(layer.input, layout)
    return graph.add("LayerNormalization", given, *weights, axis=-1, epsilon=layer.epsilon), layout


def _sum(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    layouts = {graph.layout(tensor) for tensor in layer.input}
    layout = layouts.pop() if len(layouts) == 1 else keras_layout(layer.output)
    first, *others = [graph.name(tensor, layout) for tensor in layer.input]
    for other in others:
        first = graph.add("Add", first, other)
    return first, layout


def _joined(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    layout = keras_layout(layer.output)
    return graph.add("Concat", *(graph.name(tensor, layout) for tensor in layer.input), axis=layout.index("c")), layout


def _over_steps(operator: str) -> Translation:
    def translate(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
        layout = graph.layout(layer.input)
        axes = [layout.index(axis) for axis in layout if axis in "l1"]
        return graph.add(operator, graph.name(layer.input, layout), axes=axes, keepdims=0), "nc"

    return translate


def _embedded_positions(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    """Look up the positions now, because they are the same for every beat."""
    zeros = [np.zeros((1, *tensor.shape[1:]), np.float32) for tensor in graph.model.inputs]
    positions = np.asarray(keras.Model(graph.model.inputs, layer.input)(zeros))
    return graph.constant(np.asarray(layer.embeddings)[positions]), "nlc"


def _attention(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    query, value = layer.input
    heads, width = layer.num_heads, layer.key_dim

    def projected(tensor: keras.KerasTensor, dense: keras.Layer, axes: list[int], scale: float = 1) -> str:
        kernel, bias = (scale * np.asarray(weights) for weights in (dense.kernel, dense.bias))
        product = graph.add("MatMul", graph.name(tensor, "nlc"), kernel.reshape(-1, heads * width))
        by_head = graph.add("Reshape", graph.add("Add", product, bias.ravel()), np.array([0, 0, heads, width]))
        return graph.add("Transpose", by_head, perm=axes)

    queries = projected(query, layer.query_dense, [0, 2, 1, 3], width**-0.5)  # (n, heads, steps, width)
    keys = projected(value, layer.key_dense, [0, 2, 3, 1])  # (n, heads, width, steps)
    values = projected(value, layer.value_dense, [0, 2, 1, 3])  # (n, heads, steps, width)
    weights = graph.add("Softmax", graph.add("MatMul", queries, keys), axis=-1)  # (n, heads, steps, steps)
    attended = graph.add("Transpose", graph.add("MatMul", weights, values), perm=[0, 2, 1, 3])
    joined = graph.add("Reshape", attended, np.array([0, 0, heads * width]))
    kernel = np.asarray(layer.output_dense.kernel).reshape(heads * width, -1)
    return graph.add("Add", graph.add("MatMul", joined, kernel), np.asarray(layer.output_dense.bias)), "nlc"


def _bidirectional(graph: Graph, layer: keras.Layer) -> tuple[str, str]:
    kind = type(layer.forward_layer).__name__
    cells = [layer.forward_layer.cell, layer.backward_layer.cell]
    return _unrolled(graph, layer, cells) if kind == "SimpleRNN" else _gated(graph, layer, cells, kind)


def _gated(graph: Graph, layer: keras.Layer, cells: list[Any], kind: str) -> tuple[str, str]:
    units = cells[0].units
    # LSTM: input, forget, cell, output in Keras, and input, output, forget, cell in ONNX; GRU: the same in both
    order = [0, 3, 1, 2] if kind == "LSTM" else [0, 1, 2]

    def gates(weights: keras.Variable) -> np.ndarray:
        parts = np.split(np.asarray(weights), len(order), axis=-1)
        return np.concatenate([parts[gate] for gate in order], axis=-1)

    kernel = np.stack([gates(cell.kernel).T for cell in cells])  # (2, gates * units, channels)
    recurrent = np.stack([gates(cell.recurrent_kernel).T for cell in cells])
    bias = np.stack([gates(cell.bias).ravel() for cell in cells])  # of input and state; Keras's LSTM has only the first
    bias = np.pad(bias, ((0, 0), (0, 2 * kernel.shape[1] - bias.shape[1])))
    after = {"linear_before_reset": 1} if kind == "GRU" else {}
    given = graph.name(layer.input, "lnc")
    states = graph.add(kind, given, kernel, recurrent, bias, hidden_size=units, direction="bidirectional", **after)
    by_step = graph.add("Transpose", states, perm=[0, 2, 1, 3])  # (steps, n, 2, units)
    return graph.add("Reshape", by_step, np.array([0, 0, 2 * units])), "lnc"


def _unrolled(graph: Graph, layer: keras.Layer, cells: list[Any]) -> tuple[str, str]:
    """Write the RNN step by step: ONNX Runtime's own RNN takes three times as long, as it computes one tanh at a time."""
    steps, units = layer.input.shape[1], cells[0].units
    kernel, bias = (np.concatenate([np.asarray(getattr(cell, name)) for cell in cells], -1) for name in ("kernel", "bias"))
    given = graph.add("Add", graph.add("MatMul", graph.name(layer.input, "nlc"), kernel), bias)  # (n, steps, 2 * units)
    parts = graph.add_many("Split", 2 * steps, graph.add("Reshape", given, np.array([0, -1])), axis=1)
    states = parts.copy()
    for cell, order in zip(cells, (range(0, 2 * steps, 2), range(2 * steps - 1, 0, -2)), strict=True):
        recurrent = graph.constant(np.asarray(cell.recurrent_kernel))
        state = None
        for at in order:
            state = graph.add("Tanh", parts[at] if state is None else graph.add("Gemm", state, recurrent, parts[at]))
            states[at] = state
    return graph.add("Reshape", graph.add("Concat", *states, axis=1), np.array([0, steps, 2 * units])), "nlc"


TRANSLATIONS: dict[str, Translation] = {
    "Activation": _activation,
    "Add": _sum,
    "BatchNormalization": _batch_normalization,
    "Bidirectional": _bidirectional,
    "Concatenate": _joined,
    "Conv1D": _convolution,
    "Dense": _dense,
    "Dropout": _identity,
    "Embedding": _embedded_positions,
    "GaussianNoise": _identity,
    "GetItem": _columns,
    "GlobalAveragePooling1D": _over_steps("ReduceMean"),
    "GlobalMaxPooling1D": _over_steps("ReduceMax"),
    "LayerNormalization": _layer_normalization,
    "MultiHeadAttention": _attention,
    "Rescaling": _rescaling,
    "Reshape": _reshape,
}
"""The translations by name of the layer's class."""
