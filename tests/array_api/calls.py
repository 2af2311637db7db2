"""Ops as calls of the Array API: what ``xp``, a namespace of the standard, is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes
from tensorcts.reference.registry import all_ops

DTYPES = dtypes.BOOL + dtypes.INTEGER + ("float32", "float64") + dtypes.COMPLEX
"""The standard's dtypes."""

Call = Callable[..., Any]
SPECIAL: dict[str, Call] = {}
"""The ops whose attributes have other names there, or another order."""


def call(xp: Any, op: str, *arrays: Any, **attrs: Any) -> Any:
    """The op by the standard's function of its name, in its extension linalg perhaps."""
    if "dtype" in attrs:
        attrs["dtype"] = dtype_of(xp, attrs["dtype"])
    if op in SPECIAL:
        return SPECIAL[op](xp, *arrays, **attrs)
    return getattr(xp if hasattr(xp, op) else xp.linalg, op)(*arrays, **attrs)


def dtype_of(xp: Any, name: str) -> Any:
    if name not in DTYPES:
        raise UnsupportedError(f"the standard has no {name}")
    return getattr(xp, name)


def special(function: Call) -> Call:
    """Register the decorated function as the call of the op of its name."""
    SPECIAL[function.__name__] = function
    return function


@special
def arange(xp: Any, *, start: Any, stop: Any, step: Any, dtype: Any) -> Any:
    return xp.arange(start, stop, step, dtype=dtype)


@special
def asarray(xp: Any, *, values: Any, shape: Any, dtype: Any) -> Any:
    return xp.asarray(nested(values, shape), dtype=dtype)


def nested(values: Any, shape: tuple[int, ...]) -> Any:
    """The numbers as lists of lists; a 0-d array is a number."""
    if 0 in shape[:-1] or len(values) != np.prod(shape):
        raise UnsupportedError("lists say by themselves of what shape they are, empty ones 1-d")
    if len(shape) < 2:
        return list(values) if shape else values[0]
    step = len(values) // shape[0]
    starts = range(0, len(values), step) if step else range(shape[0])
    return [nested(values[i : i + step], shape[1:]) for i in starts]


@special
def astype(xp: Any, x: Any, *, dtype: Any) -> Any:
    return xp.astype(x, dtype)


@special
def concat(xp: Any, *arrays: Any, axis: int) -> Any:
    return xp.concat(arrays, axis=axis)


@special
def diagonal(xp: Any, x: Any, *, offset: int, axis1: int, axis2: int) -> Any:
    return xp.linalg.diagonal(xp.moveaxis(x, (axis1, axis2), (-2, -1)), offset=offset)


@special
def eye(xp: Any, *, rows: int, columns: int, k: int, dtype: Any) -> Any:
    return xp.eye(rows, columns, k=k, dtype=dtype)


@special
def full(xp: Any, *, shape: Any, value: Any, dtype: Any) -> Any:
    return xp.full(shape, value, dtype=dtype)


@special
def full_like(xp: Any, x: Any, *, value: Any, dtype: Any) -> Any:
    return xp.full_like(x, value, dtype=dtype)


@special
def getitem(xp: Any, x: Any, *, index: Any) -> Any:
    require_whole(x, index)
    return x[index]


@special
def setitem(xp: Any, x: Any, y: Any, *, index: Any) -> Any:
    require_whole(x, index)
    written = xp.asarray(x, copy=True)
    written[index] = y
    return written


def require_whole(x: Any, index: Any) -> None:
    named = sum(isinstance(part, int | slice) for part in index)
    if named < x.ndim and Ellipsis not in index:
        raise UnsupportedError("the standard leaves open what an index of fewer axes means")


@special
def index(xp: Any, x: Any, *indices: Any, axes: tuple[int, ...]) -> Any:
    masks = [i for i in indices if i.dtype == xp.bool]
    if masks and len(indices) > 1:
        raise UnsupportedError("the standard's masks stand alone")
    if not masks and axes != tuple(range(x.ndim)):
        raise UnsupportedError("the standard's arrays of integers index every axis")
    if masks and axes != (0,):
        raise UnsupportedError("the standard's mask indexes the first axes")
    return x[masks[0]] if masks else x[indices]


@special
def linspace(xp: Any, *, start: Any, stop: Any, num: int, dtype: Any) -> Any:
    return xp.linspace(start, stop, num, dtype=dtype)


@special
def matrix_norm(xp: Any, x: Any, *, keepdims: bool) -> Any:
    return xp.linalg.matrix_norm(x, keepdims=keepdims)


@special
def moveaxis(xp: Any, x: Any, *, source: Any, destination: Any) -> Any:
    return xp.moveaxis(x, source, destination)


@special
def stack(xp: Any, *arrays: Any, axis: int) -> Any:
    return xp.stack(arrays, axis=axis)


@special
def tile(xp: Any, x: Any, *, repetitions: Any) -> Any:
    return xp.tile(x, repetitions)


NAMES = tuple(op.name for op in all_ops() if "Array API" in op.text)
"""The ops that are the standard's, by what their texts cite."""
