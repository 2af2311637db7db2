"""Sorting rows by their places, and what follows: values, the first k, distinct elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import (
    DeviceArray,
    normal_axis,
    permuted,
    row_major,
    sliced,
    view,
)
from tensorcts.backends.opencl.checks import integer, one_dtype
from tensorcts.backends.opencl.indexing import pick
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.masking import masked_select, nonzero, placed
from tensorcts.backends.opencl.programs import GROUP
from tensorcts.backends.opencl.runtime import Runtime

_CHUNK = 2 * GROUP


def _ordered(runtime: Runtime, rows: DeviceArray, descending: bool) -> DeviceArray:
    """The places of the elements of each row of a contiguous matrix in their order."""
    count, n = rows.shape
    order = runtime.empty(rows.shape, "int64")
    if rows.size == 0:
        return order
    offset, size, down = np.int64(rows.offset), np.int64(n), np.int32(descending)
    chunks = -(-n // _CHUNK)
    sort = ("sorts", rows.dtype, "sort_chunks")
    runtime.launch(sort, count * chunks, rows, order, offset, size, np.int64(chunks), down)
    width = _CHUNK
    while width < n:
        merged = runtime.empty(rows.shape, "int64")
        numbers = offset, size, np.int64(rows.size), np.int64(width), down
        merge = ("sorts", rows.dtype, "merge")
        runtime.launch_over(merge, rows.size, rows, order, merged, *numbers)
        order, width = merged, 2 * width
    return order


def _along(array: DeviceArray, shape: tuple[int, ...], axis: int) -> DeviceArray:
    """A matrix of rows as the array of the shape, the rows along its axis."""
    sizes = (*shape[:axis], *shape[axis + 1 :], array.shape[1])
    behind = view(array, sizes, (*_outer(array, sizes), array.strides[1]), array.offset)
    last = len(shape) - 1
    return permuted(behind, (*range(axis), last, *range(axis, last)))


def _outer(array: DeviceArray, sizes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(array.strides[0] * step for step in row_major(sizes[:-1]))


def _values(runtime: Runtime, rows: DeviceArray, order: DeviceArray) -> DeviceArray:
    """The elements of the rows at the places."""
    strides = ((rows.strides[0], 0), order.strides)
    return pick(runtime, rows, order, order.shape, rows.strides[1], strides)


def sort(
    runtime: Runtime, x: DeviceArray, *, axis: int, descending: bool, stable: bool
) -> DeviceArray:
    """Always stable."""
    place = normal_axis(axis, x.ndim)
    rows = runtime.matrix(x, (place,))
    return _along(_values(runtime, rows, _ordered(runtime, rows, descending)), x.shape, place)


def argsort(
    runtime: Runtime, x: DeviceArray, *, axis: int, descending: bool, stable: bool
) -> DeviceArray:
    """Always stable."""
    place = normal_axis(axis, x.ndim)
    return _along(_ordered(runtime, runtime.matrix(x, (place,)), descending), x.shape, place)


def topk(
    runtime: Runtime, x: DeviceArray, *, k: int, axis: int, largest: bool
) -> tuple[DeviceArray, DeviceArray]:
    """The first k of all."""
    place = normal_axis(axis, x.ndim)
    if not 0 <= integer("k", k) <= x.shape[place]:
        raise ValueError(f"k must be in [0, {x.shape[place]}], not {k}")
    rows = runtime.matrix(x, (place,))
    order = sliced(_ordered(runtime, rows, largest), 1, 0, k)
    values = _values(runtime, rows, order)
    return _along(values, x.shape, place), _along(runtime.copy(order), x.shape, place)


def searchsorted(runtime: Runtime, x1: DeviceArray, x2: DeviceArray, *, side: str) -> DeviceArray:
    """A binary search for each element."""
    one_dtype(x1=x1, x2=x2)
    if x1.ndim != 1:
        raise ValueError(f"x1 must be 1-d, not of shape {x1.shape}")
    if side not in ("left", "right"):
        raise ValueError(f"side must be left or right, not {side!r}")
    result = runtime.empty(x2.shape, "int64")
    numbers = np.int64(x1.offset), np.int64(x1.strides[0]), np.int64(x1.size)
    arguments = result, layout(x2.shape, x2), *numbers, np.int32(side == "right")
    kernel = ("sorts", x1.dtype, "op_searchsorted")
    runtime.launch_over(kernel, x2.size, x1, x2, *arguments)
    return result


def _runs(runtime: Runtime, x: DeviceArray) -> tuple[DeviceArray, DeviceArray, DeviceArray]:
    """The flattened x, the order of its elements, and where runs of equal ones begin in it."""
    flat = runtime.reshaped(x, (1, x.size))
    order = _ordered(runtime, flat, descending=False)
    begins = runtime.empty((x.size,), "bool")
    numbers = np.int64(flat.offset), np.int64(x.size)
    runtime.launch_over(("sorts", x.dtype, "begins"), x.size, flat, order, begins, *numbers)
    return flat, order, begins


def _distinct(
    runtime: Runtime, flat: DeviceArray, order: DeviceArray, begins: DeviceArray
) -> DeviceArray:
    values = _values(runtime, flat, order)
    return masked_select(runtime, runtime.reshaped(values, begins.shape), begins)


def unique_values(runtime: Runtime, x: DeviceArray) -> DeviceArray:
    """The elements that begin a run."""
    return _distinct(runtime, *_runs(runtime, x))


def unique_counts(runtime: Runtime, x: DeviceArray) -> tuple[DeviceArray, DeviceArray]:
    """Beside them the lengths of the runs."""
    flat, order, begins = _runs(runtime, x)
    (starts,) = nonzero(runtime, begins)
    counts = runtime.empty(starts.shape, "int64")
    sizes = np.int64(starts.size), np.int64(x.size)
    runtime.launch_over(("scans", "bool", "run_lengths"), starts.size, starts, counts, *sizes)
    return _distinct(runtime, flat, order, begins), counts


def unique_inverse(runtime: Runtime, x: DeviceArray) -> tuple[DeviceArray, DeviceArray]:
    """Beside them the number of the run that each element belongs to."""
    flat, order, begins = _runs(runtime, x)
    found = placed(runtime, begins)
    inverse = runtime.empty(x.shape, "int64")
    arguments = found.places, found.bases, order, inverse, np.int64(x.size)
    runtime.launch_over(("scans", "bool", "run_numbers"), x.size, *arguments)
    return _distinct(runtime, flat, order, begins), inverse


OPS: dict[str, Callable[..., Any]] = {
    "sort": sort,
    "argsort": argsort,
    "topk": topk,
    "searchsorted": searchsorted,
    "unique_values": unique_values,
    "unique_counts": unique_counts,
    "unique_inverse": unique_inverse,
}
