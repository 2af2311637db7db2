"""The ops of tinygrad's Tensor, lazy as they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from tinygrad import Tensor

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.backends.tinygrad_lazy.adapting import DTYPES, NAMES, dtype_of
from tensorcts.reference import dtypes


def _reduced(name: str) -> Callable[..., Tensor]:
    """A reduction, whose keyword is keepdim here."""
    function = getattr(Tensor, name)
    return lambda x, *, axis, keepdims, **more: function(x, axis, keepdim=keepdims, **more)


def _in_dtype(name: str) -> Callable[..., Tensor]:
    """A reduction to a dtype; the array's own is not named, as it would be accumulated in then."""
    reduce = _reduced(name)

    def call(x: Tensor, *, dtype: str, **attrs: Any) -> Tensor:
        named = None if dtype_of(dtype) == x.dtype and x.is_floating_point() else dtype_of(dtype)
        return reduce(x, dtype=named, **attrs)

    return call


def _extreme(name: str) -> Callable[..., Tensor]:
    def call(x: Tensor, *, axis: int | None, keepdims: bool) -> Tensor:
        if axis is None and keepdims:
            raise UnsupportedError(f"tinygrad's {name} of all elements keeps no axes")
        return getattr(Tensor, name)(x, axis, keepdims)

    return call


def _sorted(x: Tensor, *, axis: int, descending: bool, stable: bool) -> Tensor:
    return x.sort(axis, descending)[0]


def _cumulative(name: str) -> Callable[..., Tensor]:
    def accumulate(x: Tensor, *, axis: int, include_initial: bool, dtype: str) -> Tensor:
        if include_initial or DTYPES.get(dtype) != x.dtype:
            raise UnsupportedError("tinygrad's scans begin with an element, in their own dtype")
        return getattr(Tensor, name)(x, axis)

    return accumulate


def _bitcast(x: Tensor, *, dtype: str) -> Tensor:
    target = dtype_of(dtype)
    if target.itemsize != x.dtype.itemsize or "bool" in (dtype, NAMES[x.dtype]):
        raise ValueError(f"bitcast: no {x.dtype} has the bits of a {dtype}")
    return x.bitcast(target)


def _untrapped(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """An error where tinygrad's kernel would end the process: integers by 0, smallest / -1."""

    def call(x: Tensor, y: Tensor) -> Tensor:
        if NAMES[x.dtype] in dtypes.INTEGER:
            trap = y.eq(0)
            if NAMES[x.dtype] in dtypes.SIGNED:
                trap = trap | (x.eq(x.dtype.min) & y.eq(-1))
            if trap.any().item():
                raise ArithmeticError("tinygrad's kernel ends the process; it was not called")
        return function(x, y)

    return call


def _bmm(x: Tensor, y: Tensor) -> Tensor:
    if x.ndim != 3 or y.ndim != 3 or x.shape[0] != y.shape[0]:
        raise ValueError(f"bmm: {x.shape} and {y.shape} are not two batches of matrices")
    return x.matmul(y)


def _einsum(*operands: Tensor, subscripts: str) -> Tensor:
    try:
        return Tensor.einsum(subscripts, *operands)
    except (RuntimeError, ValueError) as error:
        if not re.search("different values for the same key|cannot broadcast", str(error)):
            raise
        raise UnsupportedError("tinygrad's einsum stretches no sizes of 1") from error


def _counting(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """An op whose index counts from the front: tinygrad finds nothing at negative ones."""

    def call(x: Tensor, index: Tensor, *updates: Tensor, axis: int) -> Tensor:
        if (index < 0).any().item():
            raise UnsupportedError("tinygrad counts indices from the front")
        return function(x, axis, index, *updates)

    return call


def _tile(x: Tensor, *, repetitions: tuple[int, ...]) -> Tensor:
    """A number for each axis, as tinygrad asks for."""
    return x.repeat((1,) * (x.ndim - len(repetitions)) + tuple(repetitions))


def _squeeze(x: Tensor, *, axis: int | tuple[int, ...]) -> Tensor:
    axes = sorted(range(x.ndim)[a] for a in ((axis,) if isinstance(axis, int) else axis))
    if any(x.shape[a] != 1 for a in axes):  # tinygrad leaves such axes as they are
        raise ValueError(f"squeeze: an axis of {axes} of the shape {x.shape} is not 1")
    for a in reversed(axes):
        x = x.squeeze(a)
    return x


_UNARY = {
    "abs": "abs", "acos": "acos", "acosh": "acosh", "asin": "asin", "asinh": "asinh",
    "atan": "atan", "atanh": "atanh", "bitwise_invert": "bitwise_not", "ceil": "ceil",
    "cos": "cos", "cosh": "cosh", "erf": "erf", "exp": "exp", "exp2": "exp2", "floor": "floor",
    "hardsigmoid": "hardsigmoid", "hardswish": "hardswish", "isfinite": "isfinite",
    "isinf": "isinf", "isnan": "isnan", "log": "log", "log10": "log10", "log2": "log2",
    "log_sigmoid": "logsigmoid", "logical_not": "logical_not", "mish": "mish",
    "negative": "neg", "reciprocal": "reciprocal", "relu": "relu", "relu6": "relu6",
    "round": "round", "rsqrt": "rsqrt", "sigmoid": "sigmoid", "sign": "sign", "silu": "silu",
    "sin": "sin", "sinh": "sinh", "softsign": "softsign", "sqrt": "sqrt", "square": "square",
    "tan": "tan", "tanh": "tanh", "trunc": "trunc",
}  # fmt: skip

_BINARY = {
    "add": "add", "bitwise_and": "bitwise_and", "bitwise_or": "bitwise_or",
    "bitwise_xor": "bitwise_xor", "bitwise_left_shift": "lshift", "copysign": "copysign",
    "bitwise_right_shift": "rshift", "divide": "div", "equal": "eq",
    "greater": "__gt__", "greater_equal": "__ge__", "less": "__lt__", "less_equal": "__le__",
    "logaddexp": "logaddexp", "matmul": "matmul", "maximum": "maximum", "minimum": "minimum",
    "multiply": "mul", "not_equal": "ne", "pow": "pow", "subtract": "sub",
}  # fmt: skip

OPS: dict[str, Callable[..., Any]] = {
    **{op: getattr(Tensor, method) for op, method in (_UNARY | _BINARY).items()},
    "floor_divide": _untrapped(lambda x, y: x.div(y, rounding_mode="floor")),
    "trunc_divide": _untrapped(lambda x, y: x.div(y, rounding_mode="trunc")),
    "remainder": _untrapped(Tensor.mod),
    "fmod": _untrapped(Tensor.fmod),
    "lerp": lambda x, y, weight: x.lerp(y, weight),
    "where": lambda condition, x, y: condition.where(x, y),
    "clip": lambda x, low=None, high=None: x.clip(low, high),
    "isclose": lambda x, y, *, rtol, atol, equal_nan: x.isclose(y, rtol, atol, equal_nan),
    "astype": lambda x, *, dtype: x.cast(dtype_of(dtype)),
    "bitcast": _bitcast,
    "gelu": lambda x: x.gelu("none"),
    "gelu_tanh": lambda x: x.gelu("tanh"),
    "elu": lambda x, *, alpha: x.elu(alpha),
    "celu": lambda x, *, alpha: x.celu(alpha),
    "leaky_relu": lambda x, *, negative_slope: x.leaky_relu(negative_slope),
    "hardtanh": lambda x, *, min_val, max_val: x.hardtanh(min_val, max_val),
    "softmax": lambda x, *, axis: x.softmax(axis),
    "log_softmax": lambda x, *, axis: x.log_softmax(axis),
    "softmin": lambda x, *, axis: x.softmin(axis),
    "sum": _in_dtype("sum"),
    "prod": _in_dtype("prod"),
    "mean": _reduced("mean"),
    "max": _reduced("max"),
    "min": _reduced("min"),
    "var": _reduced("var"),
    "std": _reduced("std"),
    "any": _reduced("any"),
    "all": _reduced("all"),
    "argmax": _extreme("argmax"),
    "argmin": _extreme("argmin"),
    "logsumexp": _reduced("logsumexp"),
    "cumulative_sum": _cumulative("cumsum"),
    "cumulative_prod": _cumulative("cumprod"),
    "logcumsumexp": lambda x, *, axis: x.logcumsumexp(axis),
    "sort": _sorted,
    "bmm": _bmm,
    "einsum": _einsum,
    "reshape": lambda x, *, shape: x.reshape(shape),
    "permute_dims": lambda x, *, axes: x.permute(axes),
    "swapaxes": lambda x, *, axis1, axis2: x.transpose(axis1, axis2),
    "matrix_transpose": lambda x: x.transpose(-2, -1),
    "broadcast_to": lambda x, *, shape: x.expand(shape),
    "flatten": lambda x, *, start, end: x.flatten(start, end),
    "unflatten": lambda x, *, axis, sizes: x.unflatten(axis, sizes),
    "squeeze": _squeeze,
    "expand_dims": lambda x, *, axis: x.unsqueeze(axis),
    "concat": lambda first, *rest, axis: first.cat(*rest, dim=axis),
    "stack": lambda first, *rest, axis: first.stack(*rest, dim=axis),
    "split": lambda x, *, sizes, axis: x.split(list(sizes), axis),
    "tile": _tile,
    "flip": lambda x, *, axis: x.flip(tuple(range(x.ndim)) if axis is None else axis),
    "roll": lambda x, *, shift, axis: x.roll(shift, axis),
    "tril": lambda x, *, k: x.tril(k),
    "triu": lambda x, *, k: x.triu(k),
    "masked_fill": lambda x, mask, value: mask.where(value, x),
    "gather": _counting(Tensor.gather),
    "scatter": _counting(Tensor.scatter),
    "scatter_add": _counting(partial(Tensor.scatter_reduce, reduce="sum")),
}
