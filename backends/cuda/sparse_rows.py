"""Sparse matrices in compressed rows: cupyx's, taken apart and put together."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np
from cupyx.scipy import sparse

from tensorcts.backends.cuda.adapting import Function, both
from tensorcts.backends.cuda.sparse_checks import check_csr, check_pattern, check_product

Shape = tuple[int, ...]
Parts = tuple[Any, Any, Any]


def _matrix(values: Any, columns: Any, row_starts: Any, shape: Shape) -> Any:
    """A CSR matrix of packed copies: cuSPARSE sorts in place, and knows no strides."""
    check_csr(values, columns, row_starts, shape)
    packed = tuple(cupy.array(a, order="C") for a in (values, columns, row_starts))
    return sparse.csr_matrix(packed, shape=shape)


def _parts(x: Any) -> Parts:
    return x.data, x.indices.astype(np.int64), x.indptr.astype(np.int64)


def _none(dtype: np.dtype[Any], rows: int) -> Parts:
    return cupy.empty(0, dtype), cupy.empty(0, np.int64), cupy.zeros(rows + 1, np.int64)


def _csr_to_coo(values: Any, columns: Any, row_starts: Any, *, shape: Shape) -> tuple[Any, Any]:
    x = _matrix(values, columns, row_starts, shape)
    if x.nnz == 0:
        return x.data, cupy.empty((2, 0), np.int64)
    x = x.tocoo()
    return x.data, cupy.stack([x.row, x.col]).astype(np.int64)


def _csr_to_dense(values: Any, columns: Any, row_starts: Any, *, shape: Shape) -> Any:
    return _matrix(values, columns, row_starts, shape).toarray()


def _dense_to_csr(x: Any) -> Parts:
    """By way of COO: cuSPARSE's denseToSparse leaves the columns of a row in any order."""
    if x.ndim != 2:
        raise ValueError(f"x must be 2-d, not of shape {x.shape}")
    return _parts(sparse.coo_matrix(x).tocsr()) if x.size else _none(x.dtype, x.shape[0])


def _csr_transpose(values: Any, columns: Any, row_starts: Any, *, shape: Shape) -> Parts:
    return _parts(_matrix(values, columns, row_starts, shape).transpose().tocsr())


def _csr_multiply_dense(values: Any, columns: Any, row_starts: Any, y: Any) -> Parts:
    x = _matrix(values, columns, row_starts, y.shape)
    return _parts(x.multiply(y).tocsr()) if x.nnz else _none(x.dtype, y.shape[0])


def _csr_matvec(values: Any, columns: Any, row_starts: Any, x: Any, *, shape: Shape) -> Any:
    matrix = _matrix(values, columns, row_starts, shape)
    check_product(shape, x, 1)
    return matrix @ x if matrix.nnz else cupy.zeros(shape[0], x.dtype)


def _csr_matmul(values: Any, columns: Any, row_starts: Any, y: Any, *, shape: Shape) -> Any:
    matrix = _matrix(values, columns, row_starts, shape)
    check_product(shape, y, 2)
    some = matrix.nnz and y.size
    return matrix @ y if some else cupy.zeros((shape[0], y.shape[1]), y.dtype)


def _csr_matmul_csr(
    values: Any, columns: Any, row_starts: Any, other_values: Any, other_columns: Any,
    other_row_starts: Any, *, shape: Shape, other_shape: Shape,
) -> Parts:  # fmt: skip
    x = _matrix(values, columns, row_starts, shape)
    y = _matrix(other_values, other_columns, other_row_starts, other_shape)
    if shape[1] != other_shape[0]:
        raise ValueError(f"a matrix of {shape} has no product with one of {other_shape}")
    if x.nnz == 0 or y.nnz == 0:
        return _none(x.dtype, shape[0])
    product = x @ y
    product.sort_indices()
    return _parts(product)


def _csr_sampled_matmul(x: Any, y: Any, columns: Any, row_starts: Any) -> Any:
    """cupyx has no such product: the rows and columns that meet, multiplied and summed."""
    if x.ndim != 2:
        raise ValueError(f"x must be 2-d, not of shape {x.shape}")
    check_product(x.shape, y, 2)
    check_pattern(columns, row_starts, (x.shape[0], y.shape[1]))
    if columns.size == 0:
        return cupy.empty(0, x.dtype)
    rows = cupy.searchsorted(row_starts, cupy.arange(columns.size), "right") - 1
    return (x[rows] * y.T[columns]).sum(axis=1)


OPS: dict[str, Function] = {
    "csr_to_coo": both(_csr_to_coo),
    "csr_to_dense": both(_csr_to_dense),
    "dense_to_csr": both(_dense_to_csr),
    "csr_transpose": both(_csr_transpose),
    "csr_multiply_dense": both(_csr_multiply_dense),
    "csr_matvec": both(_csr_matvec),
    "csr_matmul": both(_csr_matmul),
    "csr_matmul_csr": both(_csr_matmul_csr),
    "csr_sampled_matmul": both(_csr_sampled_matmul),
}
