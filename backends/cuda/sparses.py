"""Sparse arrays in coordinate format: cupyx's, taken apart and put together.

cupyx.scipy.sparse has matrices alone: all axes but the last are made one, of which a vector has 1.
Its calls are kept from matrices without entries, which cuSPARSE does not always take.
"""

from __future__ import annotations

import math
from typing import Any

import cupy
import numpy as np
from cupyx.scipy import sparse

from tensorcts.backends.cuda.adapting import Function, both
from tensorcts.backends.cuda.sparse_checks import check_coo, check_matrix, check_product

Shape = tuple[int, ...]


def _joined(indices: Any, shape: Shape) -> Any:
    """The positions, in row-major order, of places with these indices."""
    positions = cupy.zeros(indices.shape[1], np.int64)
    for index, size in zip(indices, shape, strict=True):
        positions = positions * size + index
    return positions


def _matrix(values: Any, indices: Any, shape: Shape) -> Any:
    """A COO matrix of copies."""
    check_coo(values, indices, shape)
    places = _joined(indices[:-1], shape[:-1]), indices[-1].astype(np.int64)
    sizes = math.prod(shape[:-1]), shape[-1]
    return sparse.coo_matrix((cupy.array(values, order="C"), places), shape=sizes)


def _flat(x: Any) -> Any:
    """A dense array as a matrix of the same kind."""
    return cupy.ascontiguousarray(x).reshape(math.prod(x.shape[:-1]), x.shape[-1])


def _none(dtype: np.dtype[Any], shape: Shape) -> tuple[Any, Any]:
    return cupy.empty(0, dtype), cupy.empty((len(shape), 0), np.int64)


def _entries(x: Any, shape: Shape) -> tuple[Any, Any]:
    """Values and indices of a matrix, coalesced, as those of an array of the shape."""
    x = x.tocsr()
    if x.nnz == 0:
        return _none(x.dtype, shape)
    x = x.tocoo()
    positions = x.row.astype(np.int64) * shape[-1] + x.col
    return x.data, cupy.stack(cupy.unravel_index(positions, shape)).astype(np.int64)


def _dense_to_coo(x: Any) -> tuple[Any, Any]:
    if x.ndim == 0:
        raise ValueError("x must have at least one axis")
    return _entries(sparse.coo_matrix(_flat(x)), x.shape) if x.size else _none(x.dtype, x.shape)


def _coo_transpose(values: Any, indices: Any, *, shape: Shape, axes: Shape) -> tuple[Any, Any]:
    """The rows of the indices in another order: cupyx turns matrices only."""
    check_coo(values, indices, shape)
    if sorted(axes) != [*range(len(shape))]:
        raise ValueError(f"axes {axes} must name each of {len(shape)} axes once")
    return values, indices[[*axes]].astype(np.int64)


def _coo_add(
    values: Any, indices: Any, other_values: Any, other_indices: Any, *, shape: Shape
) -> tuple[Any, Any]:
    x, y = _matrix(values, indices, shape), _matrix(other_values, other_indices, shape)
    if x.nnz == 0 or y.nnz == 0:
        return _entries(x if y.nnz == 0 else y, shape)
    return _entries(x + y, shape)


def _coo_multiply(
    values: Any, indices: Any, other_values: Any, other_indices: Any, *, shape: Shape
) -> tuple[Any, Any]:
    x, y = _matrix(values, indices, shape), _matrix(other_values, other_indices, shape)
    if x.nnz == 0 or y.nnz == 0:
        return _none(values.dtype, shape)
    return _entries(x.multiply(y), shape)


def _coo_add_dense(values: Any, indices: Any, y: Any) -> Any:
    return (_matrix(values, indices, y.shape) + _flat(y)).reshape(y.shape)


def _coo_multiply_dense(values: Any, indices: Any, y: Any) -> tuple[Any, Any]:
    x = _matrix(values, indices, y.shape)
    return _entries(x.multiply(_flat(y)), y.shape) if x.nnz else _none(values.dtype, y.shape)


def _coo_sum(values: Any, indices: Any, *, shape: Shape, axis: int | None, dtype: str) -> Any:
    """The axis is made the last one, so that rows are summed."""
    check_coo(values, indices, shape)
    if axis is None:
        return values.sum()
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"axis {axis} is out of range for {len(shape)} axes")
    kept = [a for a in range(len(shape)) if a != axis % len(shape)]
    sizes = tuple(shape[a] for a in kept)
    if values.size == 0:
        return cupy.zeros(sizes, values.dtype)
    x = _matrix(values, indices[[*kept, axis]], (*sizes, shape[axis]))
    return x.sum(axis=1).reshape(sizes)


def _coo_matmul(values: Any, indices: Any, y: Any, *, shape: Shape) -> Any:
    check_matrix(shape)
    x = _matrix(values, indices, shape)
    check_product(shape, y, 2)
    return x @ y if x.nnz and y.size else cupy.zeros((shape[0], y.shape[1]), values.dtype)


def _coo_to_csr(values: Any, indices: Any, *, shape: Shape) -> tuple[Any, Any, Any]:
    check_matrix(shape)
    x = _matrix(values, indices, shape).tocsr()
    return x.data, x.indices.astype(np.int64), x.indptr.astype(np.int64)


OPS: dict[str, Function] = {
    "coo_to_dense": both(
        lambda values, indices, *, shape: _matrix(values, indices, shape).toarray().reshape(shape)
    ),
    "dense_to_coo": both(_dense_to_coo),
    "coo_coalesce": both(
        lambda values, indices, *, shape: _entries(_matrix(values, indices, shape), shape)
    ),
    "coo_transpose": _coo_transpose,
    "coo_add": both(_coo_add),
    "coo_multiply": both(_coo_multiply),
    "coo_add_dense": both(_coo_add_dense),
    "coo_multiply_dense": both(_coo_multiply_dense),
    "coo_sum": both(_coo_sum),
    "coo_matmul": both(_coo_matmul),
    "coo_to_csr": both(_coo_to_csr),
}
