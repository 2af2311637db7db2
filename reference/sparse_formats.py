"""The sparse formats by their component arrays: what those must satisfy, and what they stand for.

COO: values (nnz,) and indices (ndim, nnz); entry e stands at indices[:, e]. CSR: values (nnz,),
columns (nnz,) and row_starts (rows + 1,); row r holds the entries from row_starts[r] up to
row_starts[r + 1]. Entries may stand in any order and more than once: those of one place add up.
A position is the number of a place in row-major order.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference.arrays.primitives import scatter_sum
from tensorcts.reference.constraints import require, require_shape

Shape = tuple[int, ...]
Integers = NDArray[np.int64]


def require_coo(values: Any, indices: Any, shape: Shape) -> None:
    """Raise an error unless the arrays are those of a COO array of the shape."""
    _require_sizes(shape)
    _require_row("values", values)
    require_shape("indices", indices, (len(shape), *np.shape(values)))
    _require_index("indices", indices)
    for axis, size in enumerate(shape):
        _require_inside(f"indices[{axis}]", indices[axis], size)


def require_csr(values: Any, columns: Any, row_starts: Any, shape: Shape) -> None:
    """Raise an error unless the arrays are those of a CSR matrix of the shape."""
    _require_row("values", values)
    require_shape("columns", columns, np.shape(values))
    require_pattern(columns, row_starts, shape)


def require_pattern(columns: Any, row_starts: Any, shape: Shape) -> None:
    """Raise an error unless the arrays say where a CSR matrix of the shape has its entries."""
    require_matrix(shape)
    _require_row("columns", columns)
    require_shape("row_starts", row_starts, (shape[0] + 1,))
    _require_index("columns", columns)
    _require_index("row_starts", row_starts)
    _require_inside("columns", columns, shape[1])
    require(row_starts[0] == 0, f"row_starts must begin at 0, not at {row_starts[0]}")
    require(bool(np.all(np.diff(row_starts) >= 0)), "row_starts must never decrease")
    nnz, end = np.size(columns), row_starts[-1]
    require(end == nnz, f"row_starts must end at {nnz}, the number of entries, not at {end}")


def require_matrix(shape: Shape) -> None:
    """Raise ValueError unless the shape has two axes."""
    _require_sizes(shape)
    require(len(shape) == 2, f"shape must have two axes, not be {shape}")


def _require_sizes(shape: Shape) -> None:
    sound = len(shape) > 0 and all(n >= 0 for n in shape)
    require(sound, f"shape must hold sizes, not be {shape}")


def _require_row(name: str, array: Any) -> None:
    require(np.ndim(array) == 1, f"{name} must be 1-d, not of shape {np.shape(array)}")


def _require_index(name: str, array: Any) -> None:
    if array.dtype not in (np.int32, np.int64):
        raise TypeError(f"{name} must be int32 or int64, not {array.dtype}")


def _require_inside(name: str, index: Any, size: int) -> None:
    outside = (index < 0) | (index >= size)
    if np.any(outside):
        raise IndexError(f"{name} holds {index[outside][0]}, outside of [0, {size})")


def positions_of(indices: Any, shape: Shape) -> Integers:
    """The positions of the entries with these indices."""
    positions = np.zeros(np.shape(indices)[1:], np.int64)
    for index, size in zip(indices, shape, strict=True):
        positions = positions * size + index
    return positions


def indices_at(positions: Integers, shape: Shape) -> Integers:
    """The indices of the entries at these positions."""
    indices = []
    for size in reversed(shape):
        indices.append(positions % max(size, 1))
        positions = positions // max(size, 1)
    return np.stack(indices[::-1])


def rows_of(row_starts: Any) -> Integers:
    """The row of each entry."""
    return np.repeat(np.arange(len(row_starts) - 1), np.diff(row_starts))


def starts_of(rows: Any, count: int) -> Integers:
    """The row_starts of ``count`` rows whose entries have these rows, in order."""
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))])


def summed(values: Any, places: Any, count: int) -> Any:
    """``count`` sums along the first axis: of the values that belong to each place."""
    index = np.reshape(places, (-1,) + (1,) * (np.ndim(values) - 1))
    zeros = np.zeros_like(values, shape=(count, *np.shape(values)[1:]))
    return scatter_sum(zeros, np.broadcast_to(index, np.shape(values)), values, axis=0)


def coalesced(values: Any, positions: Integers) -> tuple[Any, Integers]:
    """The sums of the values at equal positions, and those positions in order."""
    found, places = np.unique(positions, return_inverse=True)
    return summed(values, places, found.size), found


def dense(values: Any, positions: Integers, shape: Shape) -> Any:
    """The array of the shape with the values added up at their positions, 0 elsewhere."""
    return np.reshape(summed(values, positions, math.prod(shape)), shape)


def positions_in(columns: Any, row_starts: Any, shape: Shape) -> Integers:
    """The positions of the entries of a CSR matrix."""
    return positions_of(np.stack([rows_of(row_starts), columns]), shape)


def canonical(values: Any, positions: Integers, shape: Shape) -> tuple[Any, Integers, Integers]:
    """The CSR matrix of entries at positions: columns in order, each once in a row."""
    total, found = coalesced(values, positions)
    width = max(shape[1], 1)
    return total, found % width, starts_of(found // width, shape[0])
