"""Elementwise nodes, activations and casts."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import onnx

from tensorcts.reference import dtypes
from tensorcts.reference.ops import definitions as ops

from .graphs import Node, OutsideError, converts

SAME = {
    "Abs": "abs", "Acos": "acos", "Acosh": "acosh", "Add": "add", "And": "logical_and",
    "Asin": "asin", "Asinh": "asinh", "Atan": "atan", "Atanh": "atanh",
    "BitwiseAnd": "bitwise_and", "BitwiseNot": "bitwise_invert", "BitwiseOr": "bitwise_or",
    "BitwiseXor": "bitwise_xor", "Ceil": "ceil", "Cos": "cos", "Cosh": "cosh", "Equal": "equal",
    "Erf": "erf", "Exp": "exp", "Floor": "floor", "Greater": "greater",
    "GreaterOrEqual": "greater_equal", "HardSwish": "hardswish", "Identity": "positive",
    "IsNaN": "isnan", "Less": "less", "LessOrEqual": "less_equal", "Log": "log", "Mish": "mish",
    "Mul": "multiply", "Neg": "negative", "Not": "logical_not", "Or": "logical_or",
    "PRelu": "prelu", "Pow": "pow", "Reciprocal": "reciprocal", "Relu": "relu", "Round": "round",
    "Sigmoid": "sigmoid", "Sign": "sign", "Sin": "sin", "Sinh": "sinh", "Softsign": "softsign",
    "Sqrt": "sqrt", "Sub": "subtract", "Tan": "tan", "Tanh": "tanh", "Where": "where",
    "Xor": "logical_xor",
}  # fmt: skip
"""Nodes that are an op of ours under another name."""

DTYPES = {
    onnx.TensorProto.FLOAT: "float32", onnx.TensorProto.DOUBLE: "float64",
    onnx.TensorProto.FLOAT16: "float16", onnx.TensorProto.BFLOAT16: "bfloat16",
    onnx.TensorProto.FLOAT8E4M3FN: "float8_e4m3fn", onnx.TensorProto.FLOAT8E5M2: "float8_e5m2",
    onnx.TensorProto.INT8: "int8", onnx.TensorProto.INT16: "int16",
    onnx.TensorProto.INT32: "int32", onnx.TensorProto.INT64: "int64",
    onnx.TensorProto.UINT8: "uint8", onnx.TensorProto.UINT16: "uint16",
    onnx.TensorProto.UINT32: "uint32", onnx.TensorProto.UINT64: "uint64",
    onnx.TensorProto.BOOL: "bool", onnx.TensorProto.COMPLEX64: "complex64",
    onnx.TensorProto.COMPLEX128: "complex128",
}  # fmt: skip


@converts(*SAME)
def same(node: Node, *inputs: Any) -> Any:
    if node.kind == "Identity" and inputs[0].dtype == bool:
        return inputs[0]
    if node.kind == "PRelu":
        return ops.where(inputs[0] > 0, inputs[0], inputs[0] * inputs[1])
    if node.kind == "Pow" and inputs[0].dtype != inputs[1].dtype:
        integral = inputs[0].dtype.kind in "iu"
        powers = ops.pow(*(np.asarray(a, np.float64) for a in inputs))
        return ops.astype(powers, dtype=str(inputs[0].dtype)) if integral else powers
    if not hasattr(ops, SAME[node.kind]):
        raise OutsideError(f"not in the catalogue yet: {SAME[node.kind]}")
    return getattr(ops, SAME[node.kind])(*inputs)


@converts("Div")
def divide(node: Node, x: Any, y: Any) -> Any:
    return ops.trunc_divide(x, y) if x.dtype.kind in "iu" else ops.divide(x, y)


@converts("Mod")
def modulo(node: Node, x: Any, y: Any) -> Any:
    return ops.fmod(x, y) if node.get("fmod", 0) else ops.remainder(x, y)


@converts("BitShift")
def shift(node: Node, x: Any, y: Any) -> Any:
    left = node.attrs["direction"] == "LEFT"
    return (ops.bitwise_left_shift if left else ops.bitwise_right_shift)(x, y)


@converts("Max", "Min", "Sum", "Mean")
def variadic(node: Node, *inputs: Any) -> Any:
    names = {"Max": ops.maximum, "Min": ops.minimum}
    total = functools.reduce(names.get(node.kind, ops.add), inputs)
    return ops.divide(total, np.float64(len(inputs))) if node.kind == "Mean" else total


@converts("IsInf")
def isinf(node: Node, x: Any) -> Any:
    wanted = (x > 0) & bool(node.get("detect_positive", 1))
    return ops.isinf(x) & (wanted | ((x < 0) & bool(node.get("detect_negative", 1))))


@converts("Clip")
def clip(node: Node, x: Any, low: Any = None, high: Any = None) -> Any:
    bounds = [node.get(k, b) for k, b in (("min", low), ("max", high))]
    low, high = (None if b is None else np.asarray(b, x.dtype) for b in bounds)
    return ops.clip(x, low, high)


@converts("Elu", "Celu", "Selu", "LeakyRelu", "ThresholdedRelu", "Swish", "HardSigmoid", "Gelu",
          "Softplus", "Shrink")  # fmt: skip
def activation(node: Node, x: Any) -> Any:
    match node.kind:
        case "Elu":
            return ops.elu(x, alpha=node.get("alpha", 1.0))
        case "Celu":
            return ops.celu(x, alpha=node.get("alpha", 1.0))
        case "LeakyRelu":
            return ops.leaky_relu(x, negative_slope=node.get("alpha", 0.01))
        case "ThresholdedRelu":
            return ops.threshold(x, threshold=node.get("alpha", 1.0), value=0.0)
        case "Swish":
            return ops.swish(x, beta=node.get("alpha", 1.0))
        case "Softplus":
            return ops.softplus(x, beta=1.0, threshold=1e9)
        case "Gelu":
            return (ops.gelu_tanh if node.get("approximate", "none") == "tanh" else ops.gelu)(x)
        case "Selu" if not node.attrs:
            return ops.selu(x)
        case "Shrink" if node.get("bias", 0.0) == 0:
            return ops.hardshrink(x, lambd=node.get("lambd", 0.5))
        case "Shrink" if node.get("bias", 0.0) == node.get("lambd", 0.5):
            return ops.softshrink(x, lambd=node.get("lambd", 0.5))
    raise OutsideError(f"{node.kind} with other constants than ours: {dict(node.attrs)}")


@converts("Cast", "CastLike")
def cast(node: Node, x: Any, like: Any = None) -> Any:
    wanted = node.attrs["to"] if node.kind == "Cast" else node.types[1]
    if node.get("saturate", 1) and dtype_of(wanted).startswith("float8"):
        raise OutsideError("casts to 8-bit floats that saturate; ours overflow")
    return rounded(x, dtype_of(wanted))


def dtype_of(number: int) -> str:
    if number not in DTYPES:
        raise OutsideError(f"no dtype of ours: {onnx.TensorProto.DataType.Name(number)}")
    return DTYPES[number]


def rounded(x: Any, dtype: str) -> Any:
    """A cast, the result in its wide dtype again."""
    return dtypes.widen(narrowed(ops.astype(x, dtype=dtype), dtype))


def narrowed(x: Any, dtype: str) -> Any:
    """A wide array in a dtype, rounded once."""
    return dtypes.round_once(x, np.zeros(np.shape(x)), dtype)


@converts("BitCast")
def bitcast(node: Node, x: Any) -> Any:
    bits = narrowed(x, dtype_of(node.types[0]))
    return dtypes.widen(bits.view(dtypes.numpy_dtype(dtype_of(node.attrs["to"]))))


@converts("Dropout")
def dropout(node: Node, x: Any, ratio: Any = None, training: Any = None) -> Any:
    if training is not None and bool(training) and (ratio is None or ratio != 0):
        raise OutsideError("random: Dropout in training")
    return (x, np.ones(x.shape, bool))[: node.outputs]
