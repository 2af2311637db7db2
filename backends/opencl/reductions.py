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


def axes_of(axis: Axis, ndim: int) -> Shape:
    """The axes counted from the start; all of them for None."""
    return tuple(range(ndim)) if axis is None else normal_axes(axis, ndim)


def kept(shape: Shape, axes: Shape, keepdims: bool) -> Shape:
    """The shape that remains."""
    if keepdims:
        return tuple(1 if a in axes else n for a, n in enumerate(shape))
    return tuple(n for a, n in enumerate(shape) if a not in axes)


def reduced(
    op: str,
    runtime: Runtime,
    x: DeviceArray,
    axes: Shape,
    keepdims: bool,
    *extra: Any,
    result_dtype: str | None = None,
    family: str = "reductions",
) -> DeviceArray:
    """The kernel of the op over the rows; no row may be empty."""
    rows = runtime.matrix(x, axes)
    shape = kept(x.shape, axes, keepdims)
    result = runtime.empty(shape, result_dtype or x.dtype)
    arguments = rows, result, np.int64(rows.offset), np.int64(rows.shape[1]), *extra
    runtime.launch((family, x.dtype, f"op_{op}"), rows.shape[0], *arguments)
    return result


def of_nothing(x: DeviceArray, axes: Shape) -> bool:
    """Whether there is no element along the axes."""
    return 0 in [x.shape[a] for a in axes]


def or_neutral(
    op: str,
    runtime: Runtime,
    x: DeviceArray,
    axis: Axis,
    keepdims: bool,
    neutral: complex,
    *extra: Any,
    result_dtype: str | None = None,
    family: str = "reductions",
) -> DeviceArray:
    """The reduction, or where it is over nothing its neutral element."""
    axes, dtype = axes_of(axis, x.ndim), result_dtype or x.dtype
    if of_nothing(x, axes):
        return full(runtime, shape=kept(x.shape, axes, keepdims), value=neutral, dtype=dtype)
    return reduced(op, runtime, x, axes, keepdims, *extra, result_dtype=dtype, family=family)


def in_dtype(op: str, runtime: Runtime, x: DeviceArray, dtype: str) -> DeviceArray:
    """Integers and bools in the dtype that they accumulate in; others must be in it."""
    if x.dtype == dtype:
        return x
    if dtypes.is_inexact(x.dtype) or dtype not in dtypes.INTEGER:
        raise TypeError(f"dtype {dtype} is none that {op} of a {x.dtype} x can have")
    return astype(runtime, x, dtype=dtype)


def sum(runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool, dtype: str) -> DeviceArray:
    """Integers are converted first, then added up, wrapping."""
    return or_neutral("sum", runtime, in_dtype("sum", runtime, x, dtype), axis, keepdims, 0)


def prod(
    runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool, dtype: str
) -> DeviceArray:
    """Integers are converted first, then multiplied, wrapping."""
    return or_neutral("prod", runtime, in_dtype("prod", runtime, x, dtype), axis, keepdims, 1)


def mean(runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool) -> DeviceArray:
    """NaN of nothing."""
    nothing = complex(np.nan, np.nan) if x.dtype in dtypes.COMPLEX else np.nan
    return or_neutral("mean", runtime, x, axis, keepdims, nothing)


def counted(
    op: str,
    dtype: str,
    neutral: int,
    runtime: Runtime,
    x: DeviceArray,
    *,
    axis: Axis,
    keepdims: bool,
) -> DeviceArray:
    """any, all and count_nonzero: how many elements are not zero, and what follows from it."""
    attrs: dict[str, Any] = {"result_dtype": dtype, "family": "counts"}
    return or_neutral(op, runtime, x, axis, keepdims, neutral, **attrs)


def extremum(
    op: str, runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool
) -> DeviceArray:
    """max and min; ValueError over nothing."""
    axes = axes_of(axis, x.ndim)
    demand_some(op, x, axes)
    return reduced(op, runtime, x, axes, keepdims)


def position(
    op: str, runtime: Runtime, x: DeviceArray, *, axis: int | None, keepdims: bool
) -> DeviceArray:
    """argmax and argmin; ValueError over nothing."""
    axes = axes_of(None, x.ndim) if axis is None else (normal_axis(axis, x.ndim),)
    demand_some(op, x, axes)
    return reduced(op, runtime, x, axes, keepdims, result_dtype="int64")


def demand_some(op: str, x: DeviceArray, axes: Shape) -> None:
    """ValueError where there is no element along the axes."""
    if of_nothing(x, axes):
        raise ValueError(f"axis: {op} over axes of size 0 of an x of shape {x.shape}")


def var(
    op: str, runtime: Runtime, x: DeviceArray, *, axis: Axis, correction: int, keepdims: bool
) -> DeviceArray:
    """var and its root std: two passes; NaN where there are no degrees of freedom."""
    if integer("correction", correction) < 0:
        raise ValueError(f"correction must be ≥ 0, not {correction}")
    axes = axes_of(axis, x.ndim)
    if of_nothing(x, axes):
        return or_neutral(op, runtime, x, axis, keepdims, np.nan)
    count = runtime.matrix(x, axes).shape[1]
    return reduced(op, runtime, x, axes, keepdims, np.int64(count - correction))


OPS: dict[str, Callable[..., Any]] = {
    "sum": sum,
    "mean": mean,
    "max": partial(extremum, "max"),
    "min": partial(extremum, "min"),
    "argmax": partial(position, "argmax"),
    "argmin": partial(position, "argmin"),
    "var": partial(var, "var"),
    "std": partial(var, "std"),
    "prod": prod,
    "any": partial(counted, "any", "bool", 0),
    "all": partial(counted, "all", "bool", 1),
    "count_nonzero": partial(counted, "count_nonzero", "int64", 0),
}
