"""The table of ops: component arrays made SciPy's sparse arrays, and their results taken apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tensorcts.reference import dtypes, registry

Array = NDArray[Any]
Shape = tuple[int, ...]


def _coo(values: Array, indices: Array, shape: Shape) -> Any:
    """A copy, as SciPy adds duplicates up in place."""
    return sparse.coo_array((values, tuple(indices)), shape=shape, copy=True)


def _csr(values: Array, columns: Array, row_starts: Array, shape: Shape) -> Any:
    found = sparse.csr_array((values, columns, row_starts), shape=shape, copy=True)
    found.check_format(full_check=True)
    return found


def _of_coo(x: Any) -> tuple[Array, Array]:
    """Values and indices, coalesced."""
    x = x.tocoo()
    x.sum_duplicates()
    return x.data, np.stack(x.coords).astype(np.int64)


def _of_csr(x: Any) -> tuple[Array, Array, Array]:
    """Values, columns and row_starts as they stand."""
    return x.data, x.indices.astype(np.int64), x.indptr.astype(np.int64)


def _canonical(x: Any) -> tuple[Array, Array, Array]:
    x = x.tocsr()
    x.sum_duplicates()
    return _of_csr(x)


def _with_axes(name: str, x: Array, count: int) -> Array:
    """``x``, where SciPy would take another number of axes for another op."""
    if x.ndim != count:
        raise ValueError(f"{name} must have {count} axes, not the shape {x.shape}")
    return x


def _dense_to_coo(x: Array) -> tuple[Array, Array]:
    if x.ndim == 0:
        raise ValueError("x must have an axis")
    return _of_coo(sparse.coo_array(x))


def _coo_transpose(
    values: Array, indices: Array, *, shape: Shape, axes: Shape
) -> tuple[Array, Array]:
    x = _coo(values, indices, shape).transpose(axes)
    return x.data, np.stack(x.coords).astype(np.int64)


def _coo_add(
    values: Array, indices: Array, other_values: Array, other_indices: Array, *, shape: Shape
) -> tuple[Array, Array]:
    """SciPy drops zeros from sums of up to two axes only; here all of them are dropped."""
    total = _coo(values, indices, shape) + _coo(other_values, other_indices, shape)
    total.sum_duplicates()
    total.eliminate_zeros()
    return _of_coo(total)


def _coo_multiply(
    values: Array, indices: Array, other_values: Array, other_indices: Array, *, shape: Shape
) -> tuple[Array, Array]:
    x, y = _coo(values, indices, shape), _coo(other_values, other_indices, shape)
    return _of_coo(x.multiply(y))


def _coo_sum(values: Array, indices: Array, *, shape: Shape, axis: int | None, dtype: str) -> Array:
    found: Array = _coo(values, indices, shape).sum(axis, dtypes.numpy_dtype(dtype))
    return found


def _csr_to_coo(
    values: Array, columns: Array, row_starts: Array, *, shape: Shape
) -> tuple[Array, Array]:
    x = _csr(values, columns, row_starts, shape).tocoo()
    return x.data, np.stack(x.coords).astype(np.int64)


def _csr_multiply_dense(
    values: Array, columns: Array, row_starts: Array, y: Array
) -> tuple[Array, Array, Array]:
    return _canonical(_csr(values, columns, row_starts, y.shape).multiply(y))


def _csr_matvec(
    values: Array, columns: Array, row_starts: Array, x: Array, *, shape: Shape
) -> Array:
    found: Array = _csr(values, columns, row_starts, shape) @ _with_axes("x", x, 1)
    return found


def _csr_matmul(
    values: Array, columns: Array, row_starts: Array, y: Array, *, shape: Shape
) -> Array:
    found: Array = _csr(values, columns, row_starts, shape) @ _with_axes("y", y, 2)
    return found


def _csr_matmul_csr(
    values: Array, columns: Array, row_starts: Array, other_values: Array, other_columns: Array,
    other_row_starts: Array, *, shape: Shape, other_shape: Shape,
) -> tuple[Array, Array, Array]:  # fmt: skip
    x = _csr(values, columns, row_starts, shape)
    return _canonical(x @ _csr(other_values, other_columns, other_row_starts, other_shape))


OPS: dict[str, Callable[..., Any]] = {
    "coo_to_dense": lambda values, indices, *, shape: _coo(values, indices, shape).toarray(),
    "dense_to_coo": _dense_to_coo,
    "coo_coalesce": lambda values, indices, *, shape: _of_coo(_coo(values, indices, shape)),
    "coo_transpose": _coo_transpose,
    "coo_add": _coo_add,
    "coo_multiply": _coo_multiply,
    "coo_add_dense": lambda values, indices, y: _coo(values, indices, y.shape) + y,
    "coo_multiply_dense": lambda values, indices, y: _of_coo(
        _coo(values, indices, y.shape).multiply(y)
    ),
    "coo_sum": _coo_sum,
    "coo_matmul": lambda values, indices, y, *, shape: (
        _coo(values, indices, shape) @ _with_axes("y", y, 2)
    ),
    "coo_to_csr": lambda values, indices, *, shape: _canonical(_coo(values, indices, shape)),
    "csr_to_coo": _csr_to_coo,
    "csr_to_dense": lambda values, columns, row_starts, *, shape: _csr(
        values, columns, row_starts, shape
    ).toarray(),
    "dense_to_csr": lambda x: _of_csr(sparse.csr_array(_with_axes("x", x, 2))),
    "csr_transpose": lambda values, columns, row_starts, *, shape: _of_csr(
        _csr(values, columns, row_starts, shape).transpose().tocsr()
    ),
    "csr_multiply_dense": _csr_multiply_dense,
    "csr_matvec": _csr_matvec,
    "csr_matmul": _csr_matmul,
    "csr_matmul_csr": _csr_matmul_csr,
}

LACKING: dict[str, str] = {
    **{
        op.name: "scipy.sparse computes on sparse arrays; the backend numpy has the dense ops"
        for op in registry.all_ops()
        if not op.family.startswith("sparse_")
    },
    "csr_sampled_matmul": "scipy.sparse has no product that is computed at given places alone",
    **dict.fromkeys(
        ("float16", "bfloat16", *dtypes.STORAGE), "scipy.sparse has no floats of less than 32 bits"
    ),
}
"""Why scipy.sparse does not offer what it does not."""
