"""Sparse matrices in compressed rows, and the products of both formats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.opencl import indexing, joining
from tensorcts.backends.opencl import sparse_orders as integers
from tensorcts.backends.opencl.arrays import DeviceArray, Shape, view
from tensorcts.backends.opencl.checks import has_shape, one_dtype
from tensorcts.backends.opencl.elementwise import rounded, widened
from tensorcts.backends.opencl.programs import GROUP
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.backends.opencl.sparses import (
    Arrays,
    canonical,
    coalesced,
    csr_pattern,
    csr_positions,
    multiplied,
    nonzero_entries,
    packed,
    scattered,
)


def coo_to_csr(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, *, shape: Shape
) -> Arrays:
    """Coalesced; each row looks for its beginning."""
    sizes = integers.matrix_sizes(shape)
    return canonical(runtime, values, integers.positions(runtime, values, indices, shape), *sizes)


def csr_to_coo(
    runtime: Runtime, values: DeviceArray, columns: DeviceArray, row_starts: DeviceArray, *,
    shape: Shape,
) -> Arrays:  # fmt: skip
    """Each entry looks for its row."""
    places, starts = csr_pattern(runtime, values, columns, row_starts, shape)
    rows = integers.rows_of(runtime, starts, columns.size)
    return values, joining.stack(runtime, rows, places, axis=0)


def csr_to_dense(
    runtime: Runtime, values: DeviceArray, columns: DeviceArray, row_starts: DeviceArray, *,
    shape: Shape,
) -> DeviceArray:  # fmt: skip
    """Each place adds up its entries."""
    keys = csr_positions(runtime, values, columns, row_starts, shape)
    return scattered(runtime, values, keys, tuple(shape))


def dense_to_csr(runtime: Runtime, x: DeviceArray) -> Arrays:
    """By masks."""
    rows, width = integers.matrix_sizes(x.shape)
    values, keys = nonzero_entries(runtime, x)
    columns = runtime.empty(keys.shape, "int64")
    integers.orders(runtime, "digit", keys.size, keys, columns, 0, 1, width, keys.size)
    return values, columns, integers.starts_at(runtime, keys, rows, width)


def csr_transpose(
    runtime: Runtime, values: DeviceArray, columns: DeviceArray, row_starts: DeviceArray, *,
    shape: Shape,
) -> Arrays:  # fmt: skip
    """A stable sort by column."""
    places, starts = csr_pattern(runtime, values, columns, row_starts, shape)
    keys, order = integers.ordered(runtime, places)
    rows = integers.rows_of(runtime, starts, columns.size)
    turned, new_columns = (indexing.take(runtime, a, order, axis=0) for a in (values, rows))
    return turned, new_columns, integers.starts_at(runtime, keys, shape[1], 1)


def csr_multiply_dense(
    runtime: Runtime, values: DeviceArray, columns: DeviceArray, row_starts: DeviceArray,
    y: DeviceArray,
) -> Arrays:  # fmt: skip
    """Coalesced, then multiplied by what stands at the same place."""
    dtype, sizes = one_dtype(values=values, y=y), integers.matrix_sizes(y.shape)
    keys = csr_positions(runtime, values, columns, row_starts, y.shape)
    x, found = coalesced(runtime, widened(runtime, values), keys)
    factors = packed(runtime, widened(runtime, y))
    product = multiplied(runtime, x, integers.counted(runtime, x.size), factors, found)
    return rounded(runtime, product, dtype), *canonical(runtime, product, found, *sizes)[1:]


def csr_matvec(
    runtime: Runtime, values: DeviceArray, columns: DeviceArray, row_starts: DeviceArray,
    x: DeviceArray, *, shape: Shape,
) -> DeviceArray:  # fmt: skip
    """A work-group a row."""
    one_dtype(values=values, x=x)
    places, starts = csr_pattern(runtime, values, columns, row_starts, shape)
    has_shape("x", x, (shape[1],))
    result = runtime.empty((shape[0],), x.dtype)
    arrays = packed(runtime, values), places, starts, x, result
    kernel = ("sparse_sums", x.dtype, "op_matvec")
    runtime.launch(kernel, shape[0], *arrays, np.int64(x.offset), np.int64(x.strides[0]))
    return result


def csr_matmul(
    runtime: Runtime, values: DeviceArray, columns: DeviceArray, row_starts: DeviceArray,
    y: DeviceArray, *, shape: Shape,
) -> DeviceArray:  # fmt: skip
    """A work-group a row and some columns."""
    places, starts = csr_pattern(runtime, values, columns, row_starts, shape)
    return _rows_times(runtime, values, places, starts, y, shape)


def _rows_times(
    runtime: Runtime, values: DeviceArray, columns: DeviceArray, row_starts: DeviceArray,
    y: DeviceArray, shape: Shape,
) -> DeviceArray:  # fmt: skip
    one_dtype(values=values, y=y)
    if y.ndim != 2:
        raise ValueError(f"y must be 2-d, not of shape {y.shape}")
    has_shape("y", y, (shape[1], y.shape[1]))
    result = runtime.empty((shape[0], y.shape[1]), y.dtype)
    arrays = packed(runtime, values), columns, row_starts, y, result
    numbers = map(np.int64, (y.shape[1], y.offset, *y.strides))
    groups = shape[0] * -(-y.shape[1] // GROUP)
    runtime.launch(("sparse_sums", y.dtype, "op_matmul"), groups, *arrays, *numbers)
    return result


def coo_matmul(
    runtime: Runtime, values: DeviceArray, indices: DeviceArray, y: DeviceArray, *, shape: Shape
) -> DeviceArray:
    """The entries in the order of their rows, then as in compressed rows."""
    integers.matrix_sizes(shape)
    rows, columns = integers.checked(runtime, values, indices, shape)
    keys, order = integers.ordered(runtime, rows)
    starts = integers.starts_at(runtime, keys, shape[0], 1)
    sorted_values, places = (indexing.take(runtime, a, order, axis=0) for a in (values, columns))
    return _rows_times(runtime, sorted_values, places, starts, y, shape)


def csr_sampled_matmul(
    runtime: Runtime, x: DeviceArray, y: DeviceArray, columns: DeviceArray, row_starts: DeviceArray
) -> DeviceArray:
    """A work-group an entry of the pattern."""
    dtype = one_dtype(x=x, y=y)
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[0]:
        raise ValueError(f"x of shape {x.shape} has no matrix product with y of shape {y.shape}")
    shape = (x.shape[0], y.shape[1])
    places, starts = integers.pattern(runtime, columns, row_starts, shape)
    rows = integers.rows_of(runtime, starts, columns.size)
    result = runtime.empty(columns.shape, dtype)
    arrays = packed(runtime, x), packed(runtime, y), rows, places, result
    sizes = np.int64(x.shape[1]), np.int64(y.shape[1])
    runtime.launch(("sparse_sums", dtype, "op_sampled"), columns.size, *arrays, *sizes)
    return result


def csr_matmul_csr(
    runtime: Runtime, values: DeviceArray, columns: DeviceArray, row_starts: DeviceArray,
    other_values: DeviceArray, other_columns: DeviceArray, other_row_starts: DeviceArray, *,
    shape: Shape, other_shape: Shape,
) -> Arrays:  # fmt: skip
    """All products with their positions, coalesced."""
    dtype = one_dtype(values=values, other_values=other_values)
    places, starts = csr_pattern(runtime, values, columns, row_starts, shape)
    other_places, other_starts = csr_pattern(
        runtime, other_values, other_columns, other_row_starts, other_shape
    )
    if shape[1] != other_shape[0]:
        raise ValueError(f"other_shape {other_shape} must have {shape[1]} rows, as shape {shape}")
    rows = integers.rows_of(runtime, starts, columns.size)
    met = rows, places, other_places, other_starts
    left, right, keys = _meetings(runtime, met, other_shape[1])
    x, y = (packed(runtime, widened(runtime, v)) for v in (values, other_values))
    products = multiplied(runtime, x, left, y, right)
    total, *found = canonical(runtime, products, keys, shape[0], other_shape[1])
    return rounded(runtime, total, dtype), *found


def _meetings(
    runtime: Runtime,
    patterns: tuple[DeviceArray, DeviceArray, DeviceArray, DeviceArray],
    width: int,
) -> Arrays:
    """For each product of entries their numbers in both matrices and its position.

    patterns: the rows and columns of the first, the columns and row_starts of the second.
    """
    rows, columns, other_columns, other_starts = patterns
    count = columns.size
    offsets = runtime.empty((count + 1,), "int64")
    integers.orders(runtime, "row_lengths", count, columns, other_starts, offsets, count)
    runtime.launch(("scans", "bool", "scan_totals"), 1, offsets, np.int64(count))
    total = int(runtime.download(view(offsets, (1,), (1,), count))[0])
    left, right, keys = (runtime.empty((total,), "int64") for _ in range(3))
    arrays = offsets, rows, columns, other_starts, other_columns, left, right, keys
    integers.orders(runtime, "meetings", total, *arrays, count, width, total)
    return left, right, keys


OPS: dict[str, Callable[..., Any]] = {
    "coo_to_csr": coo_to_csr,
    "csr_to_coo": csr_to_coo,
    "csr_to_dense": csr_to_dense,
    "dense_to_csr": dense_to_csr,
    "csr_transpose": csr_transpose,
    "csr_multiply_dense": csr_multiply_dense,
    "coo_matmul": coo_matmul,
    "csr_matvec": csr_matvec,
    "csr_matmul": csr_matmul,
    "csr_sampled_matmul": csr_sampled_matmul,
    "csr_matmul_csr": csr_matmul_csr,
}
