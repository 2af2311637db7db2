"""Sparse matrices in compressed rows (CSR): values (nnz,), columns (nnz,), row_starts (rows + 1,).

Row r holds the entries from row_starts[r] up to row_starts[r + 1]. Inside a row entries stand in
any order; those of one column add up. Canonical results have their columns in order, each once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import COMPLEX, FLOATING
from tensorcts.reference.registry import DEFINED, Choice, Instead, op
from tensorcts.reference.sparse_formats import (
    canonical,
    dense,
    positions_in,
    positions_of,
    require_coo,
    require_csr,
    require_matrix,
    rows_of,
    starts_of,
)

_DTYPES = (*FLOATING, *COMPLEX, "int32", "int64")


@op(dtypes=_DTYPES, result=("same", "index", "index"), also_known_as=("to_sparse_csr", "tocsr"))
def coo_to_csr(values: Any, indices: Any, *, shape: tuple[int, ...]) -> Any:
    """The canonical CSR form of a COO matrix: columns in order in each row, each once.

    Semantics: entries at one place add up, in any order; explicit zeros stay stored.
    Constraints: (C1) values is (nnz,), indices (2, nnz), shape has two axes; (C2) indices is int32
    or int64; (C3) indices[a] is in [0, shape[a]), never negative.
    Gradient: g of its place at each entry.
    Source: PyTorch Tensor.to_sparse_csr; SciPy coo_array.tocsr.
    """
    require_coo(values, indices, shape)
    require_matrix(shape)
    return canonical(values, positions_of(indices, shape), shape)


@op(dtypes=_DTYPES, result=("same", "index"), zero_sign=True, aliases="may")
def csr_to_coo(values: Any, columns: Any, row_starts: Any, *, shape: tuple[int, ...]) -> Any:
    """The COO form of a CSR matrix, its entries in their order.

    Constraints: (C1) values and columns are (nnz,), row_starts (shape[0] + 1,); (C2) columns and
    row_starts are int32 or int64; (C3) columns are in [0, shape[1]); (C4) row_starts begins at 0
    and never decreases; (C5) it ends at nnz.
    Gradient: g.
    Source: PyTorch Tensor.to_sparse_coo; SciPy csr_array.tocoo.
    """
    require_csr(values, columns, row_starts, shape)
    return values, np.stack([rows_of(row_starts), columns])


@op(dtypes=_DTYPES, also_known_as=("sparse_csr_tensor",))
def csr_to_dense(values: Any, columns: Any, row_starts: Any, *, shape: tuple[int, ...]) -> Any:
    """The dense matrix of a CSR matrix: z[r, columns[e]] = Σ values[e], 0 elsewhere.

    Constraints: (C1) values and columns are (nnz,), row_starts (shape[0] + 1,); (C2) columns and
    row_starts are int32 or int64; (C3) columns are in [0, shape[1]); (C4) row_starts begins at 0
    and never decreases; (C5) it ends at nnz.
    Gradient: g at each entry's place.
    Source: PyTorch sparse_csr_tensor, to_dense; SciPy csr_array.toarray.
    """
    require_csr(values, columns, row_starts, shape)
    return dense(values, positions_in(columns, row_starts, shape), shape)


def _rows_and_columns(x: Any, kept: Any) -> tuple[Any, Any, Any]:
    rows, columns = np.nonzero(kept)
    values = np.take(np.reshape(x, (x.size,)), np.flatnonzero(kept), axis=0)
    return values, columns, starts_of(rows, x.shape[0])


def _with_negative_zeros(x: Any) -> tuple[Any, Any, Any]:
    return _rows_and_columns(x, (x != 0) | np.signbit(x))


def _negative_zeros(x: Any) -> Any:
    return (x == 0) & np.signbit(x) if x.dtype.kind == "f" else np.False_


@op(
    dtypes=_DTYPES,
    result=("same", "index", "index"),
    zero_sign=True,
    choices=(
        Choice(
            "sparse_negative_zero",
            "whether -0.0 is stored",
            _negative_zeros,
            {"dropped": DEFINED, "stored": Instead(_with_negative_zeros)},
        ),
    ),
)
def dense_to_csr(x: Any) -> Any:
    """The elements of a matrix that are not 0, row by row: values, columns and row_starts.

    Constraints: (C1) x is 2-d.
    Special values: NaN is stored; -0.0 is not, or is where the backend declares so
    (sparse_negative_zero).
    Gradient: g at the stored places.
    Kinks: 0 at a 0, which is not stored.
    Source: PyTorch Tensor.to_sparse_csr; SciPy csr_array.
    """
    require(x.ndim == 2, f"x must be 2-d, not of shape {x.shape}")
    return _rows_and_columns(x, x != 0)


@op(dtypes=_DTYPES, result=("same", "index", "index"), zero_sign=True)
def csr_transpose(values: Any, columns: Any, row_starts: Any, *, shape: tuple[int, ...]) -> Any:
    """The transposed matrix in CSR form: its entries by column, those of a column in their order.

    Constraints: (C1) values and columns are (nnz,), row_starts (shape[0] + 1,); (C2) columns and
    row_starts are int32 or int64; (C3) columns are in [0, shape[1]); (C4) row_starts begins at 0
    and never decreases; (C5) it ends at nnz.
    Gradient: g in its former place.
    Source: SciPy csr_array.transpose().tocsr().
    """
    require_csr(values, columns, row_starts, shape)
    order = np.argsort(columns, kind="stable")
    turned = np.take(values, order, axis=0)
    return turned, rows_of(row_starts)[order], starts_of(columns, shape[1])


@op(dtypes=_DTYPES, result=("same", "index", "index"))
def csr_multiply_dense(values: Any, columns: Any, row_starts: Any, y: Any) -> Any:
    """The elementwise product with a dense matrix y of its shape, canonical: stored as x is.

    Constraints: (C1) values and columns are (nnz,), row_starts (m + 1,) for the m rows of y; (C2)
    columns and row_starts are int32 or int64; (C3) columns are in [0, n) for y's n columns; (C4)
    row_starts begins at 0 and never decreases; (C5) it ends at nnz; (C6) y is 2-d.
    Special values: NaN or inf of y where nothing is stored is dropped; zeros of y are stored.
    Gradient: g·y at each entry's place; g times the sum at the stored places, 0 elsewhere.
    Source: PyTorch mul(sparse_csr, dense); SciPy csr_array.multiply.
    """
    require_csr(values, columns, row_starts, y.shape)
    x, found, starts = canonical(values, positions_in(columns, row_starts, y.shape), y.shape)
    places = positions_in(found, starts, y.shape)
    return x * np.take(np.reshape(y, (y.size,)), places, axis=0), found, starts
