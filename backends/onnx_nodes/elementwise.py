"""Elementwise nodes, activations and casts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensorcts.backends.onnx_nodes.nodes import (
    Value,
    code_of,
    dtype_of,
    integers,
    node,
    run,
    scalar,
)  # fmt: skip
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes


def _divide(x: Value, y: Value) -> Value:
    """Div of floats; of integers it truncates."""
    if not dtypes.is_floating(dtype_of(x)):
        raise UnsupportedError("onnxruntime: Div truncates integers")
    return run("Div", x, y)


def _smallest_over_minus_one(x: Value, y: Value) -> bool:
    if dtype_of(x) not in dtypes.SIGNED:
        return False
    info = dtypes.numpy_dtype(dtype_of(x))
    smallest = -(2 ** (8 * info.itemsize - 1))
    found = run("And", run("Equal", x, scalar(smallest, x)), run("Equal", y, scalar(-1, y)))
    return bool(found.numpy().any())


def _trunc_divide(x: Value, y: Value) -> Value:
    """An error where the runtime would end the process: smallest / -1."""
    if _smallest_over_minus_one(x, y):
        raise ArithmeticError("onnxruntime ends the process on smallest / -1; it was not called")
    return run("Div", x, y)


def _remainder(x: Value, y: Value) -> Value:
    """Mod has the divisor's sign for integers alone."""
    if dtypes.is_floating(dtype_of(x)):
        raise UnsupportedError("onnxruntime: of floats Mod is fmod")
    return run("Mod", x, y)


def _shift(direction: str) -> Callable[..., Value]:
    return lambda x, y: run("BitShift", x, y, direction=direction)


def _clip(x: Value, low: Value | None = None, high: Value | None = None) -> Value:
    if any(bound is not None and bound.shape() for bound in (low, high)):
        raise UnsupportedError("onnxruntime: the bounds of Clip are numbers")
    return run("Clip", x, low, high)


def _cast(x: Value, *, dtype: str) -> Value:
    saturate = {"saturate": 0} if dtype in dtypes.FLOAT8 else {}
    return run("Cast", x, to=code_of(dtype), **saturate)


def _prelu(x: Value, weight: Value) -> Value:
    """The slopes along axis 1, where the node broadcasts them along the last one."""
    shape, slopes = x.shape(), weight.shape()
    if len(slopes) != 1 or (slopes[0] != 1 and (len(shape) < 2 or slopes[0] != shape[1])):
        raise ValueError(f"prelu: slopes of shape {slopes} for {shape}")
    spread = (1, -1, *(1 for _ in shape[2:])) if len(shape) > 1 else shape and (1,)
    return run("PRelu", x, run("Reshape", weight, integers(*spread)))


def _softshrink(x: Value, *, lambd: float) -> Value:
    return run("Shrink", x, lambd=lambd, bias=lambd)


OPS: dict[str, Callable[..., Any]] = {
    "add": node("Add"),
    "subtract": node("Sub"),
    "multiply": node("Mul"),
    "divide": _divide,
    "trunc_divide": _trunc_divide,
    "remainder": _remainder,
    "fmod": node("Mod", fmod=1),
    "negative": node("Neg"),
    "positive": node("Identity"),
    "abs": node("Abs"),
    "sign": node("Sign"),
    "reciprocal": node("Reciprocal"),
    "sqrt": node("Sqrt"),
    "pow": node("Pow"),
    "exp": node("Exp"),
    "log": node("Log"),
    "sin": node("Sin"),
    "cos": node("Cos"),
    "tan": node("Tan"),
    "asin": node("Asin"),
    "acos": node("Acos"),
    "atan": node("Atan"),
    "sinh": node("Sinh"),
    "cosh": node("Cosh"),
    "tanh": node("Tanh"),
    "asinh": node("Asinh"),
    "acosh": node("Acosh"),
    "atanh": node("Atanh"),
    "erf": node("Erf"),
    "floor": node("Floor"),
    "ceil": node("Ceil"),
    "round": node("Round"),
    "equal": node("Equal"),
    "less": node("Less"),
    "less_equal": node("LessOrEqual"),
    "greater": node("Greater"),
    "greater_equal": node("GreaterOrEqual"),
    "maximum": node("Max"),
    "minimum": node("Min"),
    "clip": _clip,
    "where": node("Where"),
    "logical_and": node("And"),
    "logical_or": node("Or"),
    "logical_xor": node("Xor"),
    "logical_not": node("Not"),
    "bitwise_and": node("BitwiseAnd"),
    "bitwise_or": node("BitwiseOr"),
    "bitwise_xor": node("BitwiseXor"),
    "bitwise_invert": node("BitwiseNot"),
    "bitwise_left_shift": _shift("LEFT"),
    "bitwise_right_shift": _shift("RIGHT"),
    "isnan": node("IsNaN"),
    "isinf": node("IsInf"),
    "astype": _cast,
    "relu": node("Relu"),
    "gelu": node("Gelu"),
    "gelu_tanh": node("Gelu", approximate="tanh"),
    "sigmoid": node("Sigmoid"),
    "mish": node("Mish"),
    "softsign": node("Softsign"),
    "leaky_relu": lambda x, *, negative_slope: run("LeakyRelu", x, alpha=negative_slope),
    "prelu": _prelu,
    "elu": node("Elu"),
    "celu": node("Celu"),
    "selu": node("Selu"),
    "hardsigmoid": node("HardSigmoid", alpha=1 / 6, beta=0.5),
    "hardswish": node("HardSwish"),
    "hardshrink": node("Shrink", bias=0.0),
    "softshrink": _softshrink,
}
