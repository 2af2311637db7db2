"""Products of vectors and matrices: inner products by a kernel, the others by views and matmul."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tensorcts.backends.opencl import contractions, elementwise
from tensorcts.backends.opencl.arrays import (
    DeviceArray,
    broadcast_shape,
    broadcasted,
    normal_axis,
    permuted,
    view,
    with_axis,
)
from tensorcts.backends.opencl.checks import one_dtype
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.runtime import Runtime


def _need_axes(*counts: int, **arrays: DeviceArray) -> None:
    for count, (name, x) in zip(counts, arrays.items()):
        if x.ndim != count:
            raise ValueError(f"{name} must be {count}-d, not of shape {x.shape}")


def _inner(runtime: Runtime, x: DeviceArray, y: DeviceArray, *, conjugate: bool) -> DeviceArray:
    """The inner products of the vectors along the last axes; the others broadcast."""
    if x.shape[-1] != y.shape[-1]:
        raise ValueError(f"x and y must be equally long, not {x.shape[-1]} and {y.shape[-1]}")
    batch = broadcast_shape(x.shape[:-1], y.shape[:-1])
    rows = [view(a, a.shape[:-1], a.strides[:-1], a.offset) for a in (x, y)]
    layouts = layout(batch, *(broadcasted(a, batch) for a in rows))
    result = runtime.empty(batch, one_dtype(x=x, y=y))
    numbers = map(np.int64, (x.shape[-1], x.strides[-1], y.strides[-1]))
    kernel = ("products", x.dtype, "op_inner")
    runtime.launch(kernel, result.size, x, y, result, layouts, *numbers, np.int32(conjugate))
    return result


def _vectors(runtime: Runtime, x: DeviceArray, y: DeviceArray, *, conjugate: bool) -> DeviceArray:
    _need_axes(1, 1, x=x, y=y)
    return _inner(runtime, x, y, conjugate=conjugate)


def vecdot(runtime: Runtime, x: DeviceArray, y: DeviceArray, *, axis: int) -> DeviceArray:
    """The vectors' axis moved to the end."""
    if axis >= 0:
        raise ValueError(f"axis must be negative, not {axis}")
    return _inner(runtime, _last(x, axis), _last(y, axis), conjugate=True)


def _last(x: DeviceArray, axis: int) -> DeviceArray:
    place = normal_axis(axis, x.ndim)
    return permuted(x, [*(a for a in range(x.ndim) if a != place), place])


def mv(runtime: Runtime, x: DeviceArray, y: DeviceArray) -> DeviceArray:
    """An inner product for each row."""
    _need_axes(2, 1, x=x, y=y)
    return _inner(runtime, x, y, conjugate=False)


def outer(runtime: Runtime, x: DeviceArray, y: DeviceArray) -> DeviceArray:
    """A column times a row."""
    _need_axes(1, 1, x=x, y=y)
    return elementwise.binary("multiply", runtime, with_axis(x, 1), with_axis(y, 0))


def kron(runtime: Runtime, x: DeviceArray, y: DeviceArray) -> DeviceArray:
    """A product of views whose axes alternate."""
    ndim = max(x.ndim, y.ndim)
    coarse, fine = (_padded(a, ndim) for a in (x, y))
    shape = [m * n for m, n in zip(coarse.shape, fine.shape)]
    for axis in range(ndim):
        coarse, fine = with_axis(coarse, 2 * axis + 1), with_axis(fine, 2 * axis)
    return runtime.reshaped(elementwise.binary("multiply", runtime, coarse, fine), shape)


def _padded(x: DeviceArray, ndim: int) -> DeviceArray:
    for _ in range(ndim - x.ndim):
        x = with_axis(x, 0)
    return x


def cross(runtime: Runtime, x: DeviceArray, y: DeviceArray, *, axis: int) -> DeviceArray:
    """A work-item for each pair of vectors; 16-bit floats are rounded once."""
    dtype = one_dtype(x=x, y=y)
    if x.ndim != y.ndim:
        raise ValueError(f"x and y must have as many axes, not {x.shape} and {y.shape}")
    place = normal_axis(axis, x.ndim)
    if x.shape[place] != 3 or y.shape[place] != 3:
        raise ValueError(f"axis {axis} must have size 3, not the shapes {x.shape} and {y.shape}")
    shape = broadcast_shape(x.shape, y.shape)
    result = runtime.empty(shape, dtype)
    lines = [_last(a, place) for a in (broadcasted(x, shape), broadcasted(y, shape), result)]
    starts = [view(a, a.shape[:-1], a.strides[:-1], a.offset) for a in lines]
    steps = [np.int64(a.strides[-1]) for a in lines]
    layouts = layout(starts[0].shape, *starts)
    kernel = ("products", dtype, "op_cross")
    runtime.launch_over(kernel, result.size // 3, x, y, result, layouts, *steps)
    return result


def bmm(runtime: Runtime, x: DeviceArray, y: DeviceArray) -> DeviceArray:
    """A matmul without broadcasting."""
    _need_batches(x, y)
    return contractions.matmul(runtime, x, y)


def _need_batches(x: DeviceArray, y: DeviceArray) -> None:
    _need_axes(3, 3, x=x, y=y)
    if x.shape[0] != y.shape[0] or x.shape[2] != y.shape[1]:
        raise ValueError(f"x of shape {x.shape} has no product with y of shape {y.shape}")


def addmm(
    runtime: Runtime,
    c: DeviceArray,
    x: DeviceArray,
    y: DeviceArray,
    *,
    alpha: float,
    beta: float,
) -> DeviceArray:
    """The kernel of the product adds c before it rounds."""
    _need_axes(2, 2, x=x, y=y)
    if x.shape[1] != y.shape[0]:
        raise ValueError(f"x of shape {x.shape} has no product with y of shape {y.shape}")
    return contractions.scaled_sum(runtime, c, x, y, alpha=alpha, beta=beta)


def baddbmm(
    runtime: Runtime,
    c: DeviceArray,
    x: DeviceArray,
    y: DeviceArray,
    *,
    alpha: float,
    beta: float,
) -> DeviceArray:
    """As addmm."""
    _need_batches(x, y)
    return contractions.scaled_sum(runtime, c, x, y, alpha=alpha, beta=beta)


OPS: dict[str, Callable[..., Any]] = {
    "dot": partial(_vectors, conjugate=False),
    "vdot": partial(_vectors, conjugate=True),
    "vecdot": vecdot,
    "outer": outer,
    "kron": kron,
    "cross": cross,
    "mv": mv,
    "bmm": bmm,
    "addmm": addmm,
    "baddbmm": baddbmm,
}
