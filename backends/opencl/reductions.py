"""Reductions: the reduced axes are made the rows of a matrix, and each row gets a work-group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray, Shape, normal_axes, normal_axis
from tensorcts.backends.opencl.checks import integer
from tensorcts.backends.opencl.creation import full
from tensorcts.backends.opencl.elementwise import astype
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.reference import dtypes

Axis = int | Sequence[int] | None


def _axes(axis: Axis, ndim: int) -> Shape:
    return tuple(range(ndim)) if axis is None else normal_axes(axis, ndim)


def _kept(shape: Shape, axes: Shape, keepdims: bool) -> Shape:
    """The shape that remains."""
    if keepdims:
        return tuple(1 if a in axes else n for a, n in enumerate(shape))
    return tuple(n for a, n in enumerate(shape) if a not in axes)


def _reduce(
    op: str,
    runtime: Runtime,
    x: DeviceArray,
    axes: Shape,
    keepdims: bool,
    *extra: np.int64,
    result_dtype: str | None = None,
) -> DeviceArray:
    """The kernel of the op over the rows; no row may be empty."""
    rows = runtime.matrix(x, axes)
    shape = _kept(x.shape, axes, keepdims)
    result = runtime.empty(shape, result_dtype or x.dtype)
    arguments = rows, result, np.int64(rows.offset), np.int64(rows.shape[1]), *extra
    runtime.launch(("reductions", x.dtype, f"op_{op}"), rows.shape[0], *arguments)
    return result


def _of_nothing(x: DeviceArray, axes: Shape) -> bool:
    return 0 in [x.shape[a] for a in axes]


def _or_neutral(
    op: str, runtime: Runtime, x: DeviceArray, axis: Axis, keepdims: bool, neutral: complex
) -> DeviceArray:
    """The reduction, or where it is over nothing its neutral element."""
    axes = _axes(axis, x.ndim)
    if _of_nothing(x, axes):
        shape = _kept(x.shape, axes, keepdims)
        return full(runtime, shape=shape, value=neutral, dtype=x.dtype)
    return _reduce(op, runtime, x, axes, keepdims)


def _in_dtype(op: str, runtime: Runtime, x: DeviceArray, dtype: str) -> DeviceArray:
    """Integers and bools in the dtype that they accumulate in; others must be in it."""
    if x.dtype == dtype:
        return x
    if dtypes.is_inexact(x.dtype) or dtype not in dtypes.INTEGER:
        raise TypeError(f"dtype {dtype} is none that {op} of a {x.dtype} x can have")
    return astype(runtime, x, dtype=dtype)


def sum(runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool, dtype: str) -> DeviceArray:
    """Integers are converted first, then added up, wrapping."""
    return _or_neutral("sum", runtime, _in_dtype("sum", runtime, x, dtype), axis, keepdims, 0)


def prod(
    runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool, dtype: str
) -> DeviceArray:
    """Integers are converted first, then multiplied, wrapping."""
    return _or_neutral("prod", runtime, _in_dtype("prod", runtime, x, dtype), axis, keepdims, 1)


def mean(runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool) -> DeviceArray:
    """NaN of nothing."""
    nothing = complex(np.nan, np.nan) if x.dtype in dtypes.COMPLEX else np.nan
    return _or_neutral("mean", runtime, x, axis, keepdims, nothing)


def any(runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool) -> DeviceArray:
    """False of nothing."""
    return _or_neutral("any", runtime, x, axis, keepdims, False)


def all(runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool) -> DeviceArray:
    """True of nothing."""
    return _or_neutral("all", runtime, x, axis, keepdims, True)


def extremum(
    op: str, runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool
) -> DeviceArray:
    """max and min; ValueError over nothing."""
    axes = _axes(axis, x.ndim)
    _demand_some(op, x, axes)
    return _reduce(op, runtime, x, axes, keepdims)


def position(
    op: str, runtime: Runtime, x: DeviceArray, *, axis: int | None, keepdims: bool
) -> DeviceArray:
    """argmax and argmin; ValueError over nothing."""
    axes = _axes(None, x.ndim) if axis is None else (normal_axis(axis, x.ndim),)
    _demand_some(op, x, axes)
    return _reduce(op, runtime, x, axes, keepdims, result_dtype="int64")


def _demand_some(op: str, x: DeviceArray, axes: Shape) -> None:
    if _of_nothing(x, axes):
        raise ValueError(f"axis: {op} over axes of size 0 of an x of shape {x.shape}")


def var(
    runtime: Runtime, x: DeviceArray, *, axis: Axis, correction: int, keepdims: bool
) -> DeviceArray:
    """Two passes; NaN where there are no degrees of freedom."""
    if integer("correction", correction) < 0:
        raise ValueError(f"correction must be ≥ 0, not {correction}")
    axes = _axes(axis, x.ndim)
    if _of_nothing(x, axes):
        return _or_neutral("var", runtime, x, axis, keepdims, np.nan)
    count = runtime.matrix(x, axes).shape[1]
    return _reduce("var", runtime, x, axes, keepdims, np.int64(count - correction))


OPS: dict[str, Callable[..., Any]] = {
    "sum": sum,
    "mean": mean,
    "max": partial(extremum, "max"),
    "min": partial(extremum, "min"),
    "argmax": partial(position, "argmax"),
    "argmin": partial(position, "argmin"),
    "var": var,
    "prod": prod,
    "any": any,
    "all": all,
}
