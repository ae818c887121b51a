"""An ONNX graph under construction: names, constants, and the layouts of the tensors of a Keras model.

A layout names the axes of a tensor: n beats, l steps, c channels, 1 an axis of length one. That axis turns a convolution into
one of images, the only kind for which ONNX Runtime is fast. Keras's layouts are "nc" and "nlc".
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import onnx
from onnx import helper, numpy_helper

from ecg.errors import InputError

UNIT_AXIS = np.array([1])
"""Position of the axis of length one when it is inserted or removed."""


class Graph:
    """An ONNX graph under construction.

    Parameters
    ----------
    model : keras.Model
        The model. Only the operations on which its output depends are translated.
    translations : dict of str to callable
        The `Translation` of an operation, by the name of its class.
    """

    def __init__(self, model: keras.Model, translations: "dict[str, Translation]") -> None:
        self.model = model
        self._translations = translations
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._operations = {id(operation.output): operation for operation in model.operations}
        self._done = {id(tensor): (tensor.name, keras_layout(tensor)) for tensor in model.inputs}

    def add(self, operator: str, *inputs: str | np.ndarray, **attributes: Any) -> str:
        """Add an operator with one output, and return its name; arrays become constants."""
        return self.add_many(operator, 1, *inputs, **attributes)[0]

    def add_many(self, operator: str, count: int, *inputs: str | np.ndarray, **attributes: Any) -> list[str]:
        """Add an operator with several outputs, and return their names."""
        names = [value if isinstance(value, str) else self.constant(value) for value in inputs]
        outputs = [f"{operator}_{len(self.nodes)}_{number}" for number in range(count)]
        self.nodes.append(helper.make_node(operator, names, outputs, **attributes))
        return outputs

    def constant(self, values: np.ndarray) -> str:
        """Add a constant, and return its name."""
        name = f"constant_{len(self.constants)}"
        kind = np.float32 if values.dtype.kind == "f" else np.int64
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values, kind), name))
        return name

    def layout(self, tensor: keras.KerasTensor) -> str:
        """Return the layout of a tensor in the graph."""
        return self._translated(tensor)[1]

    def name(self, tensor: keras.KerasTensor, layout: str) -> str:
        """Return the name of a tensor in the wanted layout; operators that convert it are added as needed."""
        name, given = self._translated(tensor)
        if given == layout:
            return name
        if "1" in layout and "1" not in given:
            name, given = self.add("Unsqueeze", name, UNIT_AXIS), _with_one(given)
        wanted = _with_one(layout) if "1" in given and "1" not in layout else layout
        if given != wanted:
            name = self.add("Transpose", name, perm=[given.index(axis) for axis in wanted])
        return name if wanted == layout else self.add("Squeeze", name, UNIT_AXIS)

    def _translated(self, tensor: keras.KerasTensor) -> tuple[str, str]:
        if id(tensor) not in self._done:
            operation = self._operations[id(tensor)]
            kind = type(operation).__name__
            if kind not in self._translations:
                raise InputError(
                    f"{operation.name}: {kind} has no translation to ONNX. Add it to TRANSLATIONS in "
                    "ecg/training/export/onnx_layers.py."
                )
            self._done[id(tensor)] = self._translations[kind](self, operation)
        return self._done[id(tensor)]


def keras_layout(tensor: keras.KerasTensor) -> str:
    """Return the layout of a tensor in Keras."""
    return "nlc" if tensor.ndim == 3 else "nc"


def _with_one(layout: str) -> str:
    return layout.replace("1", "")[:1] + "1" + layout.replace("1", "")[1:]


Translation = Callable[[Graph, Any], tuple[str, str]]
"""Adds an operation of Keras to a graph; returns the name and the layout of its output."""
