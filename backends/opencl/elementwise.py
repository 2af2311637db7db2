"""Elementwise ops: each is one kernel, named after the op, that reads through strides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from tensorcts.backends.opencl.arrays import DeviceArray, broadcast_shape, broadcasted, itemsize
from tensorcts.backends.opencl.checks import has_dtype, one_dtype
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.programs import TYPES
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.reference import dtypes


def unary(op: str, runtime: Runtime, x: DeviceArray, *, family: str = "elementwise") -> DeviceArray:
    """An op of one array, a kernel of the program ``family``; some of complex arrays are real."""
    dtype = dtypes.component(x.dtype) if op in ("abs", "angle") else x.dtype
    result = runtime.empty(x.shape, dtype)
    kernel = (family, x.dtype, f"op_{op}")
    runtime.launch_over(kernel, x.size, x, result, layout(x.shape, x))
    return result


def binary(
    op: str, runtime: Runtime, x: DeviceArray, y: DeviceArray, *, family: str = "elementwise"
) -> DeviceArray:
    """An op of two arrays whose result has their dtype."""
    return _binary((family, op), runtime, x, y, one_dtype(x=x, y=y))


def comparison(op: str, runtime: Runtime, x: DeviceArray, y: DeviceArray) -> DeviceArray:
    """An op of two arrays whose result is bool."""
    one_dtype(x=x, y=y)
    return _binary(("elementwise", op), runtime, x, y, "bool")


def _binary(
    kernel: tuple[str, str], runtime: Runtime, x: DeviceArray, y: DeviceArray, result_dtype: str
) -> DeviceArray:
    shape = broadcast_shape(x.shape, y.shape)
    result = runtime.empty(shape, result_dtype)
    layouts = layout(shape, broadcasted(x, shape), broadcasted(y, shape))
    family, op = kernel
    runtime.launch_over((family, x.dtype, f"op_{op}"), result.size, x, y, result, layouts)
    return result


def where(runtime: Runtime, condition: DeviceArray, x: DeviceArray, y: DeviceArray) -> DeviceArray:
    """A choice between two arrays; it moves data, so one kernel serves all dtypes of a size."""
    has_dtype("condition", condition, "bool")
    dtype = one_dtype(x=x, y=y)
    shape = broadcast_shape(condition.shape, x.shape, y.shape)
    result = runtime.empty(shape, dtype)
    layouts = layout(shape, *(broadcasted(a, shape) for a in (condition, x, y)))
    kernel = ("movement", f"bytes{x.itemsize}", "choose")
    runtime.launch_over(kernel, result.size, condition, x, y, result, layouts)
    return result


def astype(runtime: Runtime, x: DeviceArray, *, dtype: str) -> DeviceArray:
    """A conversion; each source dtype has a program with a kernel for each target."""
    dtypes.numpy_dtype(dtype)
    if dtype not in TYPES:
        raise TypeError(f"dtype must be the name of a dtype, not {dtype!r}")
    if dtypes.is_complex(x.dtype) and not dtypes.is_complex(dtype):
        raise TypeError(f"dtype must be a complex one for a {x.dtype} x, not {dtype}")
    result = runtime.empty(x.shape, dtype)
    runtime.launch_over(("casts", x.dtype, f"cast_{dtype}"), x.size, x, result, layout(x.shape, x))
    return result


def bitcast(runtime: Runtime, x: DeviceArray, *, dtype: str) -> DeviceArray:
    """A view."""
    if "bool" in (dtype, x.dtype):
        raise TypeError(f"dtype must not be bool, from {x.dtype} to {dtype}")
    if itemsize(dtype) != x.itemsize:
        raise ValueError(f"dtype {dtype} has not the {x.itemsize} bytes of x's {x.dtype}")
    return replace(x, dtype=dtype)


def widened(runtime: Runtime, x: DeviceArray) -> DeviceArray:
    """A 16-bit float array as float32; any other as it is."""
    narrow = x.dtype in ("float16", "bfloat16")
    return astype(runtime, x, dtype="float32") if narrow else x


def rounded(runtime: Runtime, x: DeviceArray, dtype: str) -> DeviceArray:
    """The result of a computation on widened arrays in the dtype it was asked in."""
    return x if x.dtype == dtype else astype(runtime, x, dtype=dtype)


OPS: dict[str, Callable[..., Any]] = {
    "add": partial(binary, "add"),
    "subtract": partial(binary, "subtract"),
    "multiply": partial(binary, "multiply"),
    "divide": partial(binary, "divide"),
    "negative": partial(unary, "negative"),
    "abs": partial(unary, "abs"),
    "sqrt": partial(unary, "sqrt"),
    "pow": partial(binary, "pow"),
    "exp": partial(unary, "exp"),
    "expm1": partial(unary, "expm1"),
    "log": partial(unary, "log"),
    "log1p": partial(unary, "log1p"),
    "sin": partial(unary, "sin"),
    "cos": partial(unary, "cos"),
    "tan": partial(unary, "tan"),
    "asin": partial(unary, "asin"),
    "acos": partial(unary, "acos"),
    "atan": partial(unary, "atan"),
    "atan2": partial(binary, "atan2"),
    "sinh": partial(unary, "sinh"),
    "cosh": partial(unary, "cosh"),
    "tanh": partial(unary, "tanh"),
    "asinh": partial(unary, "asinh"),
    "acosh": partial(unary, "acosh"),
    "atanh": partial(unary, "atanh"),
    "equal": partial(comparison, "equal"),
    "not_equal": partial(comparison, "not_equal"),
    "less": partial(comparison, "less"),
    "less_equal": partial(comparison, "less_equal"),
    "greater": partial(comparison, "greater"),
    "greater_equal": partial(comparison, "greater_equal"),
    "maximum": partial(binary, "maximum"),
    "minimum": partial(binary, "minimum"),
    "where": where,
    "logical_and": partial(comparison, "logical_and"),
    "logical_or": partial(comparison, "logical_or"),
    "logical_xor": partial(comparison, "logical_xor"),
    "logical_not": partial(unary, "logical_not"),
    "astype": astype,
    "bitcast": bitcast,
}
