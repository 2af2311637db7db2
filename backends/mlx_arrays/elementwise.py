"""Elementwise ops and activations: MLX's own, one call each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mlx.core as mx
from mlx import nn

from tensorcts.backends.mlx_arrays.adapting import Array, dtype_of, name_of
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes


def _floor_divide(x: Array, y: Array) -> Array:
    """An error where MLX would end the process: smallest / -1."""
    _refuse_trap(x, y)
    return mx.floor_divide(x, y)


def _remainder(x: Array, y: Array) -> Array:
    _refuse_trap(x, y)
    return mx.remainder(x, y)


def _refuse_trap(x: Array, y: Array) -> None:
    if name_of(x) not in dtypes.SIGNED:
        return
    smallest = mx.iinfo(x.dtype).min
    if mx.any(mx.logical_and(x == smallest, y == -1)).item():
        raise ArithmeticError("mlx ends the process on smallest / -1; it was not called")


def _bitcast(x: Array, *, dtype: str) -> Array:
    target = dtype_of(dtype)
    if target.size != x.dtype.size or mx.bool_ in (target, x.dtype):
        raise ValueError(f"bitcast: no {x.dtype} has the bits of a {dtype}")
    return mx.view(x, target)


def _clip(x: Array, low: Array | None = None, high: Array | None = None) -> Array:
    """MLX's own, which asks for a bound."""
    return mx.array(x) if low is None and high is None else mx.clip(x, low, high)


def _glu(x: Array, *, axis: int, gate: str) -> Array:
    if gate != "second":
        raise UnsupportedError("mlx.nn.glu gates by the second half")
    return nn.glu(x, axis)


def _leaky_relu(x: Array, *, negative_slope: float) -> Array:
    if negative_slope > 1:
        raise UnsupportedError("mlx.nn.leaky_relu is the larger of x and slope·x")
    return nn.leaky_relu(x, negative_slope)


def _prelu(x: Array, weight: Array) -> Array:
    """The slopes along axis 1, where MLX broadcasts them along the last one."""
    if weight.ndim != 1 or weight.size != 1 and (x.ndim < 2 or weight.size != x.shape[1]):
        raise ValueError(f"prelu: slopes of shape {weight.shape} for {x.shape}")
    shape = (1, -1) + (1,) * (x.ndim - 2) if x.ndim > 1 else ()
    return nn.prelu(x, mx.reshape(weight, shape))


OPS: dict[str, Callable[..., Any]] = {
    "add": mx.add,
    "subtract": mx.subtract,
    "multiply": mx.multiply,
    "divide": mx.divide,
    "negative": mx.negative,
    "positive": mx.positive,
    "abs": mx.abs,
    "sign": mx.sign,
    "square": mx.square,
    "reciprocal": mx.reciprocal,
    "sqrt": mx.sqrt,
    "rsqrt": mx.rsqrt,
    "pow": mx.power,
    "floor_divide": _floor_divide,
    "remainder": _remainder,
    "exp": mx.exp,
    "expm1": mx.expm1,
    "log": mx.log,
    "log2": mx.log2,
    "log10": mx.log10,
    "log1p": mx.log1p,
    "logaddexp": mx.logaddexp,
    "sin": mx.sin,
    "cos": mx.cos,
    "tan": mx.tan,
    "asin": mx.asin,
    "acos": mx.acos,
    "atan": mx.atan,
    "atan2": mx.atan2,
    "sinh": mx.sinh,
    "cosh": mx.cosh,
    "tanh": mx.tanh,
    "asinh": mx.asinh,
    "acosh": mx.acosh,
    "atanh": mx.atanh,
    "deg2rad": mx.radians,
    "rad2deg": mx.degrees,
    "erf": mx.erf,
    "erfinv": mx.erfinv,
    "floor": mx.floor,
    "ceil": mx.ceil,
    "trunc": mx.trunc,
    "round": mx.round,
    "equal": mx.equal,
    "not_equal": mx.not_equal,
    "less": mx.less,
    "less_equal": mx.less_equal,
    "greater": mx.greater,
    "greater_equal": mx.greater_equal,
    "maximum": mx.maximum,
    "minimum": mx.minimum,
    "clip": _clip,
    "nan_to_num": mx.nan_to_num,
    "where": mx.where,
    "logical_and": mx.logical_and,
    "logical_or": mx.logical_or,
    "logical_xor": mx.logical_xor,
    "logical_not": mx.logical_not,
    "bitwise_and": mx.bitwise_and,
    "bitwise_or": mx.bitwise_or,
    "bitwise_xor": mx.bitwise_xor,
    "bitwise_invert": mx.bitwise_invert,
    "bitwise_left_shift": mx.bitwise_left_shift,
    "bitwise_right_shift": mx.bitwise_right_shift,
    "isnan": mx.isnan,
    "isinf": mx.isinf,
    "isfinite": mx.isfinite,
    "isclose": mx.isclose,
    "real": mx.real,
    "imag": mx.imag,
    "conj": mx.conj,
    "astype": lambda x, *, dtype: mx.astype(x, dtype_of(dtype)),
    "bitcast": _bitcast,
}

ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "relu": nn.relu,
    "relu6": nn.relu6,
    "gelu": nn.gelu,
    "gelu_tanh": nn.gelu_approx,
    "silu": nn.silu,
    "sigmoid": mx.sigmoid,
    "log_sigmoid": nn.log_sigmoid,
    "mish": nn.mish,
    "softsign": nn.softsign,
    "leaky_relu": _leaky_relu,
    "prelu": _prelu,
    "elu": nn.elu,
    "celu": nn.celu,
    "hardtanh": nn.hard_tanh,
    "hardswish": nn.hardswish,
    "hardshrink": nn.hard_shrink,
    "softshrink": nn.softshrink,
    "glu": _glu,
    "softmax": mx.softmax,
    "log_softmax": nn.log_softmax,
}
"""mlx.nn.selu is none of them, documented with constants of six digits; nor is softmin, which ends
the process on an empty array, or on one of four axes."""
