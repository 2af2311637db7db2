"""Indexing ops: indices are located and checked by one kernel, data moved by others."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray, Shape, normal_axis, view
from tensorcts.backends.opencl.checks import has_dtype, has_shape, is_integer, one_dtype
from tensorcts.backends.opencl.layouts import layout, strided_layout
from tensorcts.backends.opencl.programs import GROUP
from tensorcts.backends.opencl.runtime import Runtime


def located(
    runtime: Runtime, name: str, index: DeviceArray, n: int, from_the_end: bool = True
) -> DeviceArray:
    """The indices as contiguous int64 in [0, n); IndexError for one that is out of range."""
    is_integer(name, index)
    result = runtime.empty(index.shape, "int64")
    fault = runtime.upload(np.zeros(1, np.int64))
    arguments = result, fault, layout(index.shape, index), np.int64(n), np.int32(from_the_end)
    runtime.launch_over(("indices", index.dtype, "locate"), index.size, index, *arguments)
    place = int(runtime.download(fault)[0]) - 1 if index.size else -1
    if place >= 0:
        got = runtime.download(index).reshape(-1)[place]
        lowest = -n if from_the_end else 0
        raise IndexError(f"{name} holds {got} at its element {place}, outside of [{lowest}, {n})")
    return result


def _pick(
    runtime: Runtime, x: DeviceArray, index: DeviceArray, shape: Shape, axis_stride: int,
    strides: tuple[Shape, Shape],
) -> DeviceArray:  # fmt: skip
    """One element of ``x`` for each element of the result; strides are those of x and index."""
    result = runtime.empty(shape, x.dtype)
    layouts = strided_layout(shape, strides, (x.offset, index.offset))
    kernel = ("movement", f"bytes{x.itemsize}", "pick")
    runtime.launch_over(kernel, result.size, x, index, result, layouts, np.int64(axis_stride))
    return result


def take(runtime: Runtime, x: DeviceArray, indices: DeviceArray, *, axis: int) -> DeviceArray:
    """Slices along an axis."""
    place = normal_axis(axis, x.ndim)
    if indices.ndim != 1:
        raise ValueError(f"indices must be 1-d, not of shape {indices.shape}")
    index = located(runtime, "indices", indices, x.shape[place])
    shape = (*x.shape[:place], indices.size, *x.shape[place + 1 :])
    along = tuple(int(a == place) for a in range(x.ndim))
    strides = (_without(x.strides, place), along)
    return _pick(runtime, x, index, shape, x.strides[place], strides)


def gather(runtime: Runtime, x: DeviceArray, index: DeviceArray, *, axis: int) -> DeviceArray:
    """One element for each index."""
    place = normal_axis(axis, x.ndim)
    _fits_along(x, index, place)
    found = located(runtime, "index", index, x.shape[place])
    strides = (_without(x.strides, place), found.strides)
    return _pick(runtime, x, found, index.shape, x.strides[place], strides)


def embedding(runtime: Runtime, weight: DeviceArray, indices: DeviceArray) -> DeviceArray:
    """Rows of a table."""
    if weight.ndim != 2:
        raise ValueError(f"weight must be 2-d, not of shape {weight.shape}")
    index = located(runtime, "indices", indices, weight.shape[0], from_the_end=False)
    shape = (*indices.shape, weight.shape[1])
    strides = ((0,) * indices.ndim + weight.strides[1:], (*index.strides, 0))
    return _pick(runtime, weight, index, shape, weight.strides[0], strides)


def _without(strides: Shape, axis: int) -> Shape:
    return (*strides[:axis], 0, *strides[axis + 1 :])


def _fits_along(x: DeviceArray, index: DeviceArray, axis: int) -> None:
    is_integer("index", index)
    expected = (*x.shape[:axis], *index.shape[axis : axis + 1], *x.shape[axis + 1 :])
    if index.ndim != x.ndim or index.shape != expected:
        raise ValueError(
            f"index of shape {index.shape} must have the sizes of x, {x.shape}, but for axis {axis}"
        )


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
    kernel = ("contractions", x.dtype, "op_scatter_add")
    return _scattered(runtime, kernel, x, index, updates, axis)


def _scattered(
    runtime: Runtime, kernel: tuple[str, str, str], x: DeviceArray, index: DeviceArray,
    updates: DeviceArray, axis: int,
) -> DeviceArray:  # fmt: skip
    place = normal_axis(axis, x.ndim)
    one_dtype(x=x, updates=updates)
    _fits_along(x, index, place)
    has_shape("updates", updates, index.shape)
    found = located(runtime, "index", index, x.shape[place])
    packed = runtime.contiguous(updates)
    result = runtime.empty(x.shape, x.dtype)
    sizes: list[Any] = [
        packed.offset,
        x.shape[place],
        index.shape[place],
        prod(x.shape[place + 1 :]),
    ]
    arguments = x, found, packed, result, layout(x.shape, x), *map(np.int64, sizes)
    runtime.launch_over(kernel, x.size, *arguments)
    return result


def masked_select(runtime: Runtime, x: DeviceArray, mask: DeviceArray) -> DeviceArray:
    """A prefix sum over the mask says where each element goes."""
    has_dtype("mask", mask, "bool")
    has_shape("mask", mask, x.shape)
    if x.size == 0:
        return runtime.empty((0,), x.dtype)
    blocks = -(-x.size // GROUP)
    places, bases = runtime.empty((x.size,), "int64"), runtime.empty((blocks + 1,), "int64")
    arguments = mask, places, bases, layout(x.shape, mask)
    runtime.launch(("scans", "bool", "scan_blocks"), blocks, *arguments)
    runtime.launch(("scans", "bool", "scan_totals"), 1, bases, np.int64(blocks))
    count = int(runtime.download(view(bases, (1,), (1,), blocks))[0])
    result = runtime.empty((count,), x.dtype)
    kernel = ("movement", f"bytes{x.itemsize}", "compact")
    layouts = layout(x.shape, x, mask)
    runtime.launch_over(kernel, x.size, x, mask, places, bases, result, layouts)
    return result


OPS: dict[str, Callable[..., Any]] = {
    "take": take,
    "gather": gather,
    "scatter": scatter,
    "scatter_add": scatter_add,
    "masked_select": masked_select,
    "embedding": embedding,
}
