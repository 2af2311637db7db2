"""Sparse ops: entries are put in order by position, and each place adds up its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.opencl import creation, joining, masking
from tensorcts.backends.opencl import sparse_orders as integers
from tensorcts.backends.opencl.arrays import DeviceArray, Shape, broadcasted, normal_axis
from tensorcts.backends.opencl.checks import one_dtype
from tensorcts.backends.opencl.elementwise import astype, comparison, rounded, widened
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.reference import dtypes

Arrays = tuple[DeviceArray, ...]


def packed(runtime: Runtime, x: DeviceArray) -> DeviceArray:
    """The array with its elements from the start of its buffer on."""
    return x if x.contiguous and x.offset == 0 else runtime.copy(x)


def _summed(
    runtime: Runtime, values: DeviceArray, keys: DeviceArray, onto: DeviceArray | None
) -> Arrays:
    """The sums of the values at equal positions and those positions; or ``onto`` with them added.

    onto: a packed array, whose elements at the positions are overwritten.
    """
    keys, order = integers.ordered(runtime, keys)
    found, starts = integers.segments(runtime, keys)
    result = runtime.empty(found.shape, values.dtype) if onto is None else onto
    targets = integers.counted(runtime, found.size) if onto is None else found
    arrays = packed(runtime, values), order, starts, targets, result
    numbers = np.int32(onto is not None), np.int64(keys.size), np.int64(found.size)
    kernel = ("sparse_sums", values.dtype, "op_segments")
    runtime.launch_over(kernel, found.size, *arrays, *numbers)
    return result, found


def coalesced(runtime: Runtime, values: DeviceArray, keys: DeviceArray) -> Arrays:
    """The sums of the values at equal positions, and those positions in order."""
    return _summed(runtime, values, keys, None)


def scattered(
    runtime: Runtime, values: DeviceArray, keys: DeviceArray, shape: Shape
) -> DeviceArray:
    """The dense array of values at positions."""
    zeros = creation.zeros(runtime, shape=shape, dtype=values.dtype)
    return _summed(runtime, values, keys, zeros)[0]


def multiplied(
    runtime: Runtime, x: DeviceArray, left: DeviceArray, y: DeviceArray, right: DeviceArray
) -> DeviceArray:
    """The products x[left]·y[right] of packed arrays."""
    result = runtime.empty(left.shape, x.dtype)
    kernel = ("sparse_sums", x.dtype, "op_products")
    runtime.launch_over(kernel, left.size, x, left, y, right, result, np.int64(left.size))
    return result


def canonical(
    runtime: Runtime, values: DeviceArray, keys: DeviceArray, rows: int, width: int
) -> Arrays:
    """The CSR matrix of values at positions: columns in order, each once in a row."""
    total, found = coalesced(runtime, values, keys)
    columns = runtime.empty(found.shape, "int64")
    integers.orders(runtime, "digit", found.size, found, columns, 0, 1, width, found.size)
    return total, columns, integers.starts_at(runtime, found, rows, width)


def csr_positions(
    runtime: Runtime, values: DeviceArray, columns: DeviceArray, row_starts: DeviceArray,
    shape: Shape,
) -> DeviceArray:  # fmt: skip
    """The positions of a CSR matrix's entries; an error unless it is one."""
    places, starts = csr_pattern(runtime, values, columns, row_starts, shape)
    rows = integers.rows_of(runtime, starts, columns.size)
    return integers.joined(runtime, [rows, places], shape)


def csr_pattern(
    runtime: Runtime, values: DeviceArray, columns: DeviceArray, row_starts: DeviceArray,
    shape: Shape,
) -> Arrays:  # fmt: skip
    """The checked columns and row_starts of a CSR matrix."""
    if values.shape != columns.shape:
        raise ValueError(f"values of shape {values.shape} must have the shape of columns")
    return integers.pattern(runtime, columns, row_starts, shape)


def coo_to_dense(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, *, shape: Shape
) -> DeviceArray:
    """Each place adds up its entries."""
    keys = integers.positions(runtime, values, indices, shape)
    return scattered(runtime, values, keys, tuple(shape))


def nonzero_entries(runtime: Runtime, x: DeviceArray) -> Arrays:
    """The elements that are not 0, and their positions."""
    zero = creation.zeros(runtime, shape=(), dtype=x.dtype)
    mask = comparison("not_equal", runtime, x, broadcasted(zero, x.shape))
    places = runtime.reshaped(integers.counted(runtime, x.size), x.shape)
    return tuple(masking.masked_select(runtime, array, mask) for array in (x, places))


def dense_to_coo(runtime: Runtime, x: DeviceArray) -> Arrays:
    """By masks."""
    if x.ndim == 0:
        raise ValueError("x must have at least one axis")
    values, keys = nonzero_entries(runtime, x)
    return values, integers.indices_at(runtime, keys, x.shape)


def coo_coalesce(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, *, shape: Shape
) -> Arrays:
    """Sorted by position."""
    keys = integers.positions(runtime, values, indices, shape)
    total, found = coalesced(runtime, values, keys)
    return total, integers.indices_at(runtime, found, shape)


def coo_transpose(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, *, shape: Shape, axes: Shape
) -> Arrays:
    """The rows of the indices in another order."""
    rows = integers.checked(runtime, values, indices, shape)
    if sorted(axes) != list(range(len(shape))):
        raise ValueError(f"axes {axes} must name each of {len(shape)} axes once")
    return values, joining.stack(runtime, *(rows[a] for a in axes), axis=0)


def coo_add(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, other_values: DeviceArray,
    other_indices: DeviceArray, *, shape: Shape,
) -> Arrays:  # fmt: skip
    """The entries of both, coalesced."""
    both = ((values, indices), (other_values, other_indices))
    keys = [integers.positions(runtime, v, i, shape) for v, i in both]
    all_values = joining.concat(runtime, values, other_values, axis=0)
    total, found = coalesced(runtime, all_values, joining.concat(runtime, *keys, axis=0))
    return total, integers.indices_at(runtime, found, shape)


def coo_multiply(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, other_values: DeviceArray,
    other_indices: DeviceArray, *, shape: Shape,
) -> Arrays:  # fmt: skip
    """Each coalesced; a place of the first looks for itself in the second."""
    dtype = one_dtype(values=values, other_values=other_values)
    both = ((values, indices), (other_values, other_indices))
    (x, mine), (y, others) = (
        coalesced(runtime, widened(runtime, v), integers.positions(runtime, v, i, shape))
        for v, i in both
    )
    mask, places = runtime.empty(mine.shape, "bool"), runtime.empty(mine.shape, "int64")
    numbers = others.size, mine.size
    integers.orders(runtime, "find", mine.size, mine, others, mask, places, *numbers)
    left, right, found = (
        masking.masked_select(runtime, array, mask)
        for array in (integers.counted(runtime, mine.size), places, mine)
    )
    product = rounded(runtime, multiplied(runtime, x, left, y, right), dtype)
    return product, integers.indices_at(runtime, found, shape)


def coo_add_dense(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, y: DeviceArray
) -> DeviceArray:
    """The entries added onto a copy of y."""
    one_dtype(values=values, y=y)
    keys = integers.positions(runtime, values, indices, y.shape)
    return _summed(runtime, values, keys, runtime.copy(y))[0]


def coo_multiply_dense(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, y: DeviceArray
) -> Arrays:
    """Coalesced, then multiplied by what stands at the same place."""
    dtype = one_dtype(values=values, y=y)
    keys = integers.positions(runtime, values, indices, y.shape)
    x, found = coalesced(runtime, widened(runtime, values), keys)
    factors = packed(runtime, widened(runtime, y))
    product = multiplied(runtime, x, integers.counted(runtime, x.size), factors, found)
    return rounded(runtime, product, dtype), integers.indices_at(runtime, found, y.shape)


def coo_sum(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, *, shape: Shape,
    axis: int | None, dtype: str,
) -> DeviceArray:  # fmt: skip
    """Positions without the axis, and each adds up its entries; integers are converted first."""
    rows = integers.checked(runtime, values, indices, shape)
    gone = range(len(shape)) if axis is None else (normal_axis(axis, len(shape)),)
    if dtype != values.dtype and (dtypes.is_inexact(values.dtype) or dtype not in dtypes.INTEGER):
        raise TypeError(f"dtype {dtype} is none that a sum of {values.dtype} can have")
    kept = [a for a in range(len(shape)) if a not in gone]
    sizes = tuple(shape[a] for a in kept)
    nowhere = creation.zeros(runtime, shape=(values.size,), dtype="int64")
    keys = integers.joined(runtime, [rows[a] for a in kept] or [nowhere], sizes)
    wide = values if dtype == values.dtype else astype(runtime, values, dtype=dtype)
    return scattered(runtime, wide, keys, sizes)


OPS: dict[str, Callable[..., Any]] = {
    "coo_to_dense": coo_to_dense,
    "dense_to_coo": dense_to_coo,
    "coo_coalesce": coo_coalesce,
    "coo_transpose": coo_transpose,
    "coo_add": coo_add,
    "coo_multiply": coo_multiply,
    "coo_add_dense": coo_add_dense,
    "coo_multiply_dense": coo_multiply_dense,
    "coo_sum": coo_sum,
}
