"""Matrices as such: views for transposes and diagonals, a kernel for the norm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.opencl import reductions
from tensorcts.backends.opencl.arrays import DeviceArray, normal_axes, permuted, view
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.reference import dtypes


def _need_matrices(x: DeviceArray) -> None:
    if x.ndim < 2:
        raise ValueError(f"x must have two axes or more, not the shape {x.shape}")


def matrix_transpose(runtime: Runtime, x: DeviceArray) -> DeviceArray:
    """A view."""
    _need_matrices(x)
    return permuted(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def diagonal(
    runtime: Runtime, x: DeviceArray, *, offset: int, axis1: int, axis2: int
) -> DeviceArray:
    """A view: one step along it is one along both axes."""
    first, second = normal_axes((axis1, axis2), x.ndim, "axis1 and axis2")
    down, right = max(-offset, 0), max(offset, 0)
    length = max(min(x.shape[first] - down, x.shape[second] - right), 0)
    rest = [a for a in range(x.ndim) if a not in (first, second)]
    start = x.offset + (down * x.strides[first] + right * x.strides[second] if length else 0)
    shape = [*(x.shape[a] for a in rest), length]
    strides = [*(x.strides[a] for a in rest), x.strides[first] + x.strides[second]]
    return view(x, shape, strides, start)


def trace(runtime: Runtime, x: DeviceArray, *, offset: int, dtype: str) -> DeviceArray:
    """The sum of the diagonal."""
    _need_matrices(x)
    along = diagonal(runtime, x, offset=offset, axis1=-2, axis2=-1)
    return reductions.sum(runtime, along, axis=-1, keepdims=False, dtype=dtype)


def matrix_norm(runtime: Runtime, x: DeviceArray, *, keepdims: bool) -> DeviceArray:
    """A work-group for each matrix."""
    _need_matrices(x)
    rows = runtime.matrix(x, (x.ndim - 2, x.ndim - 1))
    shape = x.shape[:-2] + ((1, 1) if keepdims else ())
    result = runtime.empty(shape, dtypes.component(x.dtype))
    arguments = rows, result, np.int64(rows.offset), np.int64(rows.shape[1])
    runtime.launch(("products", x.dtype, "op_norm"), rows.shape[0], *arguments)
    return result


OPS: dict[str, Callable[..., Any]] = {
    "matrix_transpose": matrix_transpose,
    "diagonal": diagonal,
    "trace": trace,
    "matrix_norm": matrix_norm,
}
