"""ONNX graphs evaluated by our definitions: a node is one call of an op, or a few.

Values are in their wide dtypes, so floating results are rounded where a graph casts, and at its
end, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from tensorcts.reference import dtypes


class OutsideError(Exception):
    """The node is not among our ops; the message says what it would take."""


@dataclass(frozen=True)
class Node:
    """A node as its converter sees it: attributes decoded, the opset's version, its outputs.

    types: ONNX's numbers of the inputs' dtypes, 0 where they are not known.
    """

    kind: str
    attrs: Mapping[str, Any]
    opset: int
    outputs: int
    types: tuple[int, ...]

    def get(self, name: str, default: Any) -> Any:
        return self.attrs.get(name, default)


Converter = Callable[..., Any]
CONVERTERS: dict[str, Converter] = {}


def converts(*kinds: str) -> Callable[[Converter], Converter]:
    """Register the decorated function for these kinds of node."""

    def register(function: Converter) -> Converter:
        CONVERTERS.update(dict.fromkeys(kinds, function))
        return function

    return register


def evaluate(model: onnx.ModelProto, inputs: list[Any]) -> list[Any]:
    """The outputs of a model's graph, in wide dtypes; raises OutsideError for a foreign node."""
    graph, types = model.graph, _types(model)
    if model.functions:
        raise OutsideError("model-local functions are not evaluated")
    opset = max((i.version for i in model.opset_import if i.domain in ("", "ai.onnx")), default=0)
    known: dict[str, Any] = {"": None}
    known.update({tensor.name: wide(tensor) for tensor in graph.initializer})
    free = [value.name for value in graph.input if value.name not in known]
    known.update(zip(free, map(wide, inputs), strict=False))
    for node in graph.node:
        if node.domain not in ("", "ai.onnx") or node.op_type not in CONVERTERS:
            raise OutsideError(f"no op of ours: {node.op_type}")
        attrs = {a.name: _attribute(a) for a in node.attribute}
        given = tuple(types.get(name, 0) for name in node.input)
        seen = Node(node.op_type, attrs, opset, len(node.output), given)
        with np.errstate(all="ignore"):
            result = CONVERTERS[node.op_type](seen, *(known[name] for name in node.input))
        results = result if isinstance(result, tuple) else (result,)
        known.update(zip(node.output, results, strict=False))
    return [known[value.name] for value in graph.output]


def _types(model: onnx.ModelProto) -> dict[str, int]:
    """The element type of every value of the graph."""
    graph = onnx.shape_inference.infer_shapes(model).graph
    values = (*graph.input, *graph.value_info, *graph.output)
    types = {value.name: value.type.tensor_type.elem_type for value in values}
    return types | {tensor.name: tensor.data_type for tensor in graph.initializer}


def _attribute(attribute: onnx.AttributeProto) -> Any:
    value = onnx.helper.get_attribute_value(attribute)
    if isinstance(value, onnx.TensorProto):
        return wide(value)
    if isinstance(value, onnx.GraphProto):
        return value
    if isinstance(value, bytes):
        return value.decode()
    return [v.decode() if isinstance(v, bytes) else v for v in value] if isinstance(value, list) \
        else value  # fmt: skip


def wide(value: Any) -> Any:
    """An input in its wide dtype; raises OutsideError for what is no array of our dtypes."""
    if isinstance(value, onnx.TensorProto):
        value = numpy_helper.to_array(value)
    if not isinstance(value, np.ndarray | np.generic):
        raise OutsideError("sequences, optionals and maps are no arrays")
    try:
        return dtypes.widen(np.asarray(value))
    except ValueError:
        raise OutsideError(f"no dtype of ours: {np.asarray(value).dtype}") from None
