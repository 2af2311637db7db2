"""What component arrays of sparse arrays must be: cupyx checks little of it, cuSPARSE nothing."""

from __future__ import annotations

from typing import Any

import cupy

Shape = tuple[int, ...]


def check_coo(values: Any, indices: Any, shape: Shape) -> None:
    """Raise an error unless the arrays are those of a COO array of the shape."""
    if not shape or min(shape) < 0:
        raise ValueError(f"shape must hold sizes, not be {shape}")
    if values.ndim != 1 or indices.shape != (len(shape), values.size):
        raise ValueError(
            f"values {values.shape} and indices {indices.shape} do not fit {len(shape)} axes"
        )
    _check_index("indices", indices, cupy.array(shape)[:, None])


def check_csr(values: Any, columns: Any, row_starts: Any, shape: Shape) -> None:
    """Raise an error unless the arrays are those of a CSR matrix of the shape."""
    if values.ndim != 1 or values.shape != columns.shape:
        raise ValueError(f"values {values.shape} and columns {columns.shape} must be one row each")
    check_pattern(columns, row_starts, shape)


def check_pattern(columns: Any, row_starts: Any, shape: Shape) -> None:
    """Raise an error unless the arrays say where a CSR matrix of the shape has its entries."""
    check_matrix(shape)
    if columns.ndim != 1 or row_starts.shape != (shape[0] + 1,):
        raise ValueError(f"columns {columns.shape}, row_starts {row_starts.shape} for {shape}")
    _check_index("columns", columns, shape[1])
    _check_index("row_starts", row_starts, columns.size + 1)
    if bool((cupy.diff(row_starts) < 0).any()):
        raise ValueError("row_starts must never decrease")
    first, last = int(row_starts[0]), int(row_starts[-1])
    if (first, last) != (0, columns.size):
        raise ValueError(f"row_starts must go from 0 to {columns.size}, not from {first} to {last}")


def check_matrix(shape: Shape) -> None:
    """Raise ValueError unless the shape has two axes."""
    if len(shape) != 2 or min(shape) < 0:
        raise ValueError(f"shape must have two axes, not be {shape}")


def check_product(shape: Shape, y: Any, axes: int) -> None:
    """Raise ValueError unless a matrix of the shape has a product with y, which has that many."""
    if y.ndim != axes or y.shape[0] != shape[1]:
        raise ValueError(f"a matrix of {shape} has no product with y of shape {y.shape}")


def _check_index(name: str, index: Any, size: Any) -> None:
    if index.dtype.name not in ("int32", "int64"):
        raise TypeError(f"{name} must be int32 or int64, not {index.dtype}")
    if bool(((index < 0) | (index >= size)).any()):
        raise IndexError(f"{name} holds an index below 0 or not below {size}")
