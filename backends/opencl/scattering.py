"""Scattering: updates are sorted by the elements that they name, so that no two collide."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import (
    DeviceArray,
    broadcasted,
    normal_axis,
    row_major,
    view,
)
from tensorcts.backends.opencl.checks import has_shape, one_dtype
from tensorcts.backends.opencl.indexing import fits_along, keyed, located
from tensorcts.backends.opencl.layouts import layout, strided_layout
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.backends.opencl.sorting import argsort
from tensorcts.reference import dtypes

_REDUCTIONS = ("sum", "prod", "max", "min", "mean")
"""In the order of their numbers in kernels/scatters.cl."""


def scatter(
    runtime: Runtime, x: DeviceArray, index: DeviceArray, updates: DeviceArray, *, axis: int
) -> DeviceArray:
    """Of several updates to one element the last stays."""
    kernel = ("movement", f"bytes{x.itemsize}", "scatter")
    return _scattered(runtime, kernel, x, index, updates, axis)


def scatter_add(
    runtime: Runtime, x: DeviceArray, index: DeviceArray, updates: DeviceArray, *, axis: int
) -> DeviceArray:
    """Each element adds up its updates in order."""
    kernel = ("scatters", x.dtype, "op_scatter_add")
    return _scattered(runtime, kernel, x, index, updates, axis)


def _scattered(
    runtime: Runtime, kernel: tuple[str, str, str], x: DeviceArray, index: DeviceArray,
    updates: DeviceArray, axis: int, *options: np.int32,
) -> DeviceArray:  # fmt: skip
    place = normal_axis(axis, x.ndim)
    one_dtype(x=x, updates=updates)
    fits_along(x, index, place)
    has_shape("updates", updates, index.shape)
    targets = _targets(runtime, x, index, place)
    order = argsort(runtime, targets, axis=0, descending=False, stable=True)
    packed = runtime.contiguous(updates)
    result = runtime.empty(x.shape, x.dtype)
    numbers = np.int64(packed.offset), np.int64(order.size)
    arguments = x, targets, order, packed, result, layout(x.shape, x), *numbers, *options
    runtime.launch_over(kernel, x.size, *arguments)
    return result


def _targets(runtime: Runtime, x: DeviceArray, index: DeviceArray, axis: int) -> DeviceArray:
    """The position in ``x``, counted in row-major order, that each index names."""
    found = located(runtime, "index", index, x.shape[axis])
    result = runtime.empty((found.size,), "int64")
    sizes = x.shape[axis], index.shape[axis], prod(x.shape[axis + 1 :]), found.size
    kernel = ("indices", "int64", "target")
    runtime.launch_over(kernel, found.size, found, result, *map(np.int64, sizes))
    return result


def scatter_reduce(
    runtime: Runtime, x: DeviceArray, index: DeviceArray, updates: DeviceArray, *, axis: int,
    reduction: str, include_self: bool,
) -> DeviceArray:  # fmt: skip
    """Each element reduces its updates in order."""
    if reduction not in _REDUCTIONS or (reduction == "mean" and x.dtype in dtypes.INTEGER):
        raise ValueError(f"reduction {reduction!r} is none of {_REDUCTIONS} for {x.dtype}")
    kernel = ("scatters", x.dtype, "op_scatter_reduce")
    options = np.int32(_REDUCTIONS.index(reduction)), np.int32(include_self)
    return _scattered(runtime, kernel, x, index, updates, axis, *options)


def put_along_axis(
    runtime: Runtime, x: DeviceArray, indices: DeviceArray, values: DeviceArray, *, axis: int
) -> DeviceArray:
    """A scatter of arrays that are broadcast first."""
    place = normal_axis(axis, x.ndim)
    if indices.ndim != x.ndim:
        raise ValueError(f"indices of shape {indices.shape} must have {x.ndim} dimensions")
    shape = (*x.shape[:place], indices.shape[place], *x.shape[place + 1 :])
    wide = broadcasted(indices, shape), broadcasted(values, shape)
    return scatter(runtime, x, *wide, axis=place)


def _slices(x: DeviceArray, index: DeviceArray, updates: DeviceArray, axis: int) -> DeviceArray:
    """The 1-d index, repeated for each of the updates, of which it names slices."""
    if index.ndim != 1:
        raise ValueError(f"index must be 1-d, not of shape {index.shape}")
    shape = (*x.shape[:axis], index.size, *x.shape[axis + 1 :])
    has_shape("updates", updates, shape)
    strides = tuple(index.strides[0] if a == axis else 0 for a in range(x.ndim))
    return view(index, shape, strides, index.offset)


def index_copy(
    runtime: Runtime, x: DeviceArray, index: DeviceArray, updates: DeviceArray, *, axis: int
) -> DeviceArray:
    """A scatter of slices."""
    place = normal_axis(axis, x.ndim)
    return scatter(runtime, x, _slices(x, index, updates, place), updates, axis=place)


def index_add(
    runtime: Runtime, x: DeviceArray, index: DeviceArray, updates: DeviceArray, *, axis: int
) -> DeviceArray:
    """A scatter_add of slices."""
    place = normal_axis(axis, x.ndim)
    return scatter_add(runtime, x, _slices(x, index, updates, place), updates, axis=place)


def index_put(
    runtime: Runtime, x: DeviceArray, values: DeviceArray, *indices: DeviceArray,
    axes: tuple[int, ...], accumulate: bool,
) -> DeviceArray:  # fmt: skip
    """A scatter into the flattened x, at the positions that the arrays name there."""
    one_dtype(x=x, values=values)
    if accumulate and x.dtype not in dtypes.NUMERIC:
        raise TypeError(f"accumulate is not for {x.dtype}")
    flat = runtime.reshaped(x, (x.size,))
    whole = view(flat, x.shape, row_major(x.shape), flat.offset)
    positions, wide = _positions(runtime, whole, values, indices, axes)
    write = scatter_add if accumulate else scatter
    return runtime.reshaped(write(runtime, flat, positions, wide, axis=0), x.shape)


def _positions(
    runtime: Runtime, x: DeviceArray, values: DeviceArray, indices: tuple[DeviceArray, ...],
    axes: tuple[int, ...],
) -> tuple[DeviceArray, DeviceArray]:  # fmt: skip
    """The positions in the contiguous x that arrays name, and a value for each, both 1-d."""
    keys = keyed(runtime, x, indices, axes)
    own, offsets = keys.strides(x)
    result = runtime.empty(keys.shape, "int64")
    layouts = strided_layout(keys.shape, (own, offsets), (0, keys.offsets.offset))
    kernel = ("indices", "int64", "position")
    runtime.launch_over(kernel, result.size, keys.offsets, result, layouts)
    wide = runtime.reshaped(broadcasted(values, keys.shape), (result.size,))
    return runtime.reshaped(result, (result.size,)), wide


OPS: dict[str, Callable[..., Any]] = {
    "scatter": scatter,
    "scatter_add": scatter_add,
    "scatter_reduce": scatter_reduce,
    "put_along_axis": put_along_axis,
    "index_copy": index_copy,
    "index_add": index_add,
    "index_put": index_put,
}
