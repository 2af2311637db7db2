"""The integers of sparse arrays: checked, turned into positions, put in order, and back.

A position is the number of a place in row-major order. All results are contiguous int64.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from tensorcts.backends.opencl import creation, indexing, masking, sorting
from tensorcts.backends.opencl.arrays import DeviceArray, Shape, normal_shape, sliced, view
from tensorcts.backends.opencl.checks import has_dtype, has_shape
from tensorcts.backends.opencl.elementwise import astype
from tensorcts.backends.opencl.runtime import Runtime

_STARTS = ("begin at 0", "never decrease", "end at the number of entries")


def orders(runtime: Runtime, kernel: str, size: int, *arguments: Any) -> None:
    """Run a kernel of integers over ``size`` elements; bare ints are passed as long."""
    numbers = [np.int64(a) if isinstance(a, int) else a for a in arguments]
    runtime.launch_over(("sparse_orders", "int64", kernel), size, *numbers)


def counted(runtime: Runtime, count: int) -> DeviceArray:
    """0, 1, …, count - 1."""
    return creation.arange(runtime, start=0, stop=count, step=1, dtype="int64")


def positions(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, shape: Shape
) -> DeviceArray:
    """The positions of a COO array's entries; an error unless it is one."""
    rows = checked(runtime, values, indices, shape)
    return joined(runtime, rows, normal_shape(shape))


def checked(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, shape: Shape
) -> list[DeviceArray]:
    """The indices of a COO array axis by axis."""
    sizes = normal_shape(shape)
    if not sizes:
        raise ValueError(f"shape {shape} must have at least one axis")
    _is_row("values", values)
    has_shape("indices", indices, (len(sizes), values.size))
    has_dtype("indices", indices, "int32", "int64")
    return [
        indexing.located(runtime, f"indices[{a}]", _row(indices, a), n, from_the_end=False)
        for a, n in enumerate(sizes)
    ]


def _row(x: DeviceArray, number: int) -> DeviceArray:
    one = sliced(x, 0, number, 1)
    return view(one, one.shape[1:], one.strides[1:], one.offset)


def joined(runtime: Runtime, indices: list[DeviceArray], shape: Shape) -> DeviceArray:
    """The positions of indices that are given axis by axis; there is at least one axis."""
    found = indices[0]
    for index, size in zip(indices[1:], shape[1:]):
        longer = runtime.empty(found.shape, "int64")
        orders(runtime, "extend", found.size, found, index, longer, 0, size, found.size)
        found = longer
    return found


def indices_at(runtime: Runtime, found: DeviceArray, shape: Shape) -> DeviceArray:
    """The indices (ndim, nnz) of positions."""
    result = runtime.empty((len(shape), found.size), "int64")
    for axis, size in enumerate(shape):
        numbers = axis * found.size, prod(shape[axis + 1 :]), size, found.size
        orders(runtime, "digit", found.size, found, result, *numbers)
    return result


def pattern(
    runtime: Runtime, columns: DeviceArray, row_starts: DeviceArray, shape: Shape
) -> tuple[DeviceArray, DeviceArray]:
    """The columns and row_starts of a CSR matrix; an error unless they are those of one."""
    rows, width = matrix_sizes(shape)
    _is_row("columns", columns)
    has_shape("row_starts", row_starts, (rows + 1,))
    has_dtype("columns", columns, "int32", "int64")
    has_dtype("row_starts", row_starts, "int32", "int64")
    found = indexing.located(runtime, "columns", columns, width, from_the_end=False)
    starts = astype(runtime, row_starts, dtype="int64")
    faults = runtime.upload(np.zeros(3, np.int64))
    orders(runtime, "check_starts", rows + 1, starts, faults, rows, columns.size)
    for fault, wanted in zip(runtime.download(faults), _STARTS):
        if fault:
            raise ValueError(f"row_starts must {wanted}, as {columns.size} entries ask for")
    return found, starts


def rows_of(runtime: Runtime, row_starts: DeviceArray, count: int) -> DeviceArray:
    """The row of each entry of a CSR matrix."""
    result = runtime.empty((count,), "int64")
    orders(runtime, "rows_of", count, row_starts, result, row_starts.size - 1, count)
    return result


def starts_at(runtime: Runtime, keys: DeviceArray, rows: int, width: int) -> DeviceArray:
    """The row_starts of ordered positions in rows of that width."""
    result = runtime.empty((rows + 1,), "int64")
    orders(runtime, "bounds", rows + 1, keys, result, width, keys.size, rows + 1)
    return result


def ordered(runtime: Runtime, keys: DeviceArray) -> tuple[DeviceArray, DeviceArray]:
    """The keys in order and where each stood; equal ones keep their order."""
    order = sorting.argsort(runtime, keys, axis=0, descending=False, stable=True)
    return indexing.take(runtime, keys, order, axis=0), order


def segments(runtime: Runtime, keys: DeviceArray) -> tuple[DeviceArray, DeviceArray]:
    """The different ones of ordered keys, and where each begins."""
    mask = runtime.empty(keys.shape, "bool")
    orders(runtime, "heads", keys.size, keys, mask, keys.size)
    starts = masking.masked_select(runtime, counted(runtime, keys.size), mask)
    return masking.masked_select(runtime, keys, mask), starts


def matrix_sizes(shape: Shape) -> tuple[int, int]:
    """The two sizes of a matrix's shape; ValueError for another shape."""
    sizes = normal_shape(shape)
    if len(sizes) != 2:
        raise ValueError(f"shape must have two axes, not be {shape}")
    return sizes[0], sizes[1]


def _is_row(name: str, x: DeviceArray) -> None:
    if x.ndim != 1:
        raise ValueError(f"{name} must be 1-d, not of shape {x.shape}")
