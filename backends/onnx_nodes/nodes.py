"""Single nodes: each call of an op is a model of one node, its session kept for the next call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import ValueInfoProto, helper
from onnxruntime.capi import onnxruntime_pybind11_state as states

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes

OPSET = 23
IR = 11

Value = Any
"""An OrtValue; its Python type is untyped."""

CODES: dict[str, int] = {
    name: helper.np_dtype_to_tensor_dtype(dtypes.numpy_dtype(name))
    for name in dtypes.STORABLE
    if name not in dtypes.HALF_COMPLEX and not dtypes.is_complex(name)
}
"""ONNX's number of each dtype; ONNX Runtime has no complex tensors."""

NAMES = {code: name for name, code in CODES.items()}

_LACKS = (states.NotImplemented, states.InvalidGraph)
"""How the runtime says that it has no kernel: for an op in a dtype, or by ONNX's own rules."""


def code_of(name: str) -> int:
    """ONNX's number of a dtype; raises UnsupportedError where the runtime has none."""
    if name not in CODES:
        raise UnsupportedError(f"onnxruntime has no {name}")
    return CODES[name]


def put(array: NDArray[Any]) -> Value:
    """A tensor of the runtime that holds a copy."""
    copy = np.array(array, order="C")
    code = CODES[dtypes.name_of(copy.dtype)]
    return ort.OrtValue.ortvalue_from_numpy_with_onnx_type(copy, code)


def integers(*numbers: int) -> Value:
    """A vector of int64: axes, a shape."""
    return put(np.array(numbers, np.int64))


def scalar(number: float, like: Value) -> Value:
    """A number in the dtype of another tensor."""
    return put(np.array(number, dtypes.numpy_dtype(dtype_of(like))))


def dtype_of(x: Value) -> str:
    """The name of a tensor's dtype."""
    return NAMES[x.element_type()]


@functools.lru_cache(maxsize=2048)
def _session(
    kind: str, inputs: tuple[tuple[int, int] | None, ...], outputs: int, attrs: tuple[Any, ...]
) -> Any:
    """A session of one node: of each input its dtype's number and rank, None for an absent one."""
    names = ["" if given is None else f"x{i}" for i, given in enumerate(inputs)]
    results = [f"y{i}" for i in range(outputs)]
    node = helper.make_node(kind, names, results, **dict(attrs))
    infos = [
        helper.make_tensor_value_info(name, given[0], [None] * given[1])
        for name, given in zip(names, inputs, strict=True)
        if given is not None
    ]
    graph = helper.make_graph([node], kind, infos, [ValueInfoProto(name=name) for name in results])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1  # else each of the many sessions keeps a pool of threads
    return ort.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])


def _lost(value: Any, arrays: tuple[Value | None, ...]) -> bool:
    """Whether a number that stands beside float64 tensors is none of float32."""
    double = any(a is not None and a.element_type() == CODES["float64"] for a in arrays)
    return double and isinstance(value, float) and float(np.float32(value)) != value


def run(kind: str, *arrays: Value | None, outputs: int = 1, **attrs: Any) -> Any:
    """What one node makes of the arrays: a tensor, or a tuple of ``outputs`` of them."""
    inputs = tuple(None if a is None else (a.element_type(), len(a.shape())) for a in arrays)
    if any(_lost(value, arrays) for value in attrs.values()):
        raise UnsupportedError(f"onnxruntime: {kind}: an attribute of ONNX is a float32")
    feeds = {f"x{i}": a for i, a in enumerate(arrays) if a is not None}
    try:
        session = _session(kind, inputs, outputs, tuple(sorted(attrs.items())))
        values = tuple(session.run_with_ort_values([f"y{i}" for i in range(outputs)], feeds))
    except Exception as error:
        if isinstance(error, _LACKS) or "data type is not supported" in str(error):
            reason = " ".join(str(error).split())[:160]
            raise UnsupportedError(f"onnxruntime: {kind}: {reason}") from error
        raise
    return values[0] if outputs == 1 else values


def node(kind: str, **fixed: Any) -> Callable[..., Any]:
    """An op that is one node, whose attributes have the same names, some of them fixed."""

    def call(*arrays: Any, **attrs: Any) -> Any:
        return run(kind, *arrays, **fixed, **attrs)

    return call
