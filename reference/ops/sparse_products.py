"""Products of sparse matrices (COO and CSR) with vectors, matrices and each other.

What is not stored takes no part in a product: only entries are multiplied.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.dispatch import innermost
from tensorcts.reference.constraints import require, require_shape
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
    require_pattern,
    rows_of,
    starts_of,
    summed,
)

_DTYPES = (*FLOATING, *COMPLEX, "int32", "int64")


def _skipped(meets_nothing: Any, product: Any) -> Choice:
    return Choice(
        "sparse_unstored",
        "what NaN and inf times a place at which nothing is stored are",
        meets_nothing,
        {"skip": DEFINED, "propagate": product},
    )


def _coo_meets_nothing(values: Any, indices: Any, y: Any, *, shape: tuple[int, ...]) -> Any:
    """Where a NaN or inf of y meets a place at which nothing is stored."""
    stored = np.zeros(shape, bool)
    stored[tuple(indices)] = True
    return np.matmul(~stored, ~np.isfinite(y))


def _coo_product(values: Any, indices: Any, y: Any, *, shape: tuple[int, ...]) -> Any:
    return np.matmul(dense(values, positions_of(indices, shape), shape), y)


@op(dtypes=_DTYPES, choices=(_skipped(_coo_meets_nothing, _coo_product),))
def coo_matmul(values: Any, indices: Any, y: Any, *, shape: tuple[int, ...]) -> Any:
    """The dense matrix product of a COO matrix and a dense matrix y.

    Semantics: z[i, k] = Σ values[e]·y[indices[1, e], k] over the entries of row i, in any order.
    Constraints: (C1) values is (nnz,), indices (2, nnz), shape has two axes; (C2) indices is int32
    or int64; (C3) indices[a] is in [0, shape[a]), never negative; (C4) y is 2-d with shape[1] rows.
    Special values: what is not stored takes no part: NaN and inf of y there are skipped, or make
    NaN where the backend declares so (sparse_unstored).
    Gradient: g·yᵀ at each entry's place; xᵀ·g.
    Source: PyTorch sparse.mm; SciPy coo_array.__matmul__.
    """
    require_coo(values, indices, shape)
    require_matrix(shape)
    require_shape("y", y, (shape[1], *np.shape(y)[1:2]))
    require(y.ndim == 2, f"y must be 2-d, not of shape {y.shape}")
    products = np.expand_dims(values, 1) * np.take(y, indices[1], axis=0)
    return summed(products, indices[0], shape[0])


def _csr_meets_nothing(
    values: Any, columns: Any, row_starts: Any, y: Any, *, shape: tuple[int, ...]
) -> Any:
    """Where a NaN or inf of y meets a place at which nothing is stored."""
    stored = np.zeros(shape, bool)
    stored[rows_of(row_starts), columns] = True
    return np.matmul(~stored, ~np.isfinite(y))


def _csr_product(
    values: Any, columns: Any, row_starts: Any, y: Any, *, shape: tuple[int, ...]
) -> Any:
    return np.matmul(dense(values, positions_in(columns, row_starts, shape), shape), y)


_UNSTORED = _skipped(_csr_meets_nothing, _csr_product)


@op(dtypes=_DTYPES, choices=(_UNSTORED,), also_known_as=("spmv",))
def csr_matvec(
    values: Any, columns: Any, row_starts: Any, x: Any, *, shape: tuple[int, ...]
) -> Any:
    """The product of a CSR matrix and a dense vector x: z[r] = Σ values[e]·x[columns[e]].

    Semantics: summed over the entries of row r, in any order; integers wrap modulo 2**n.
    Constraints: (C1) values and columns are (nnz,), row_starts (shape[0] + 1,); (C2) columns and
    row_starts are int32 or int64; (C3) columns are in [0, shape[1]); (C4) row_starts begins at 0
    and never decreases; (C5) it ends at nnz; (C6) x is (shape[1],).
    Special values: what is not stored takes no part: NaN and inf of x there are skipped, or make
    NaN where the backend declares so (sparse_unstored).
    Gradient: g[r]·x[columns[e]]; Σ values[e]·g[r] at each column.
    Source: cuSPARSE SpMV; SciPy csr_array.__matmul__.
    """
    require_csr(values, columns, row_starts, shape)
    require_shape("x", x, shape[1:])
    return summed(values * np.take(x, columns, axis=0), rows_of(row_starts), shape[0])


@op(dtypes=_DTYPES, choices=(_UNSTORED,), also_known_as=("spmm",))
def csr_matmul(
    values: Any, columns: Any, row_starts: Any, y: Any, *, shape: tuple[int, ...]
) -> Any:
    """The dense product of a CSR matrix and a dense matrix: z[r, :] = Σ values[e]·y[columns[e], :].

    Semantics: summed over the entries of row r, in any order; integers wrap modulo 2**n.
    Constraints: (C1) values and columns are (nnz,), row_starts (shape[0] + 1,); (C2) columns and
    row_starts are int32 or int64; (C3) columns are in [0, shape[1]); (C4) row_starts begins at 0
    and never decreases; (C5) it ends at nnz; (C6) y is 2-d with shape[1] rows.
    Special values: what is not stored takes no part: NaN and inf of y there are skipped, or make
    NaN where the backend declares so (sparse_unstored).
    Gradient: g[r]·y[columns[e]]; xᵀ·g.
    Source: cuSPARSE SpMM; PyTorch sparse.mm; SciPy csr_array.__matmul__.
    """
    require_csr(values, columns, row_starts, shape)
    require(y.ndim == 2, f"y must be 2-d, not of shape {y.shape}")
    require_shape("y", y, (shape[1], y.shape[1]))
    products = np.expand_dims(values, 1) * np.take(y, columns, axis=0)
    return summed(products, rows_of(row_starts), shape[0])


@op(dtypes=(*FLOATING, *COMPLEX), also_known_as=("sddmm", "sampled_addmm"))
def csr_sampled_matmul(x: Any, y: Any, columns: Any, row_starts: Any) -> Any:
    """The elements of the matrix product x·y at a CSR pattern's places: the values there.

    Semantics: z[e] = Σₖ x[r, k]·y[k, columns[e]] for the entry e of row r, summed in any order.
    Constraints: (C1) x is (m, k), y (k, n), columns (nnz,), row_starts (m + 1,); (C2) columns and
    row_starts are int32 or int64; (C3) columns are in [0, n); (C4) row_starts begins at 0 and never
    decreases; (C5) it ends at nnz.
    Gradient: g times y's columns, added up by row; g times x's rows, added up by column.
    Source: PyTorch sparse.sampled_addmm; cuSPARSE SDDMM.
    """
    require(x.ndim == 2, f"x must be 2-d, not of shape {x.shape}")
    require(y.ndim == 2, f"y must be 2-d, not of shape {y.shape}")
    require_shape("y", y, (x.shape[1], y.shape[1]))
    require_pattern(columns, row_starts, (x.shape[0], y.shape[1]))
    rows = np.take(x, rows_of(row_starts), axis=0)
    return np.einsum("ek,ke->e", rows, np.take(y, columns, axis=1))


def _product(
    values: Any, columns: Any, row_starts: Any, other_values: Any, other_columns: Any,
    other_row_starts: Any, *, shape: tuple[int, ...], other_shape: tuple[int, ...],
) -> tuple[Any, Any, Any]:  # fmt: skip
    """Each entry of x meets the whole row of y that its column names."""
    counts = np.diff(other_row_starts)[columns]
    left = np.repeat(np.arange(columns.size), counts)
    first = other_row_starts[columns] - (np.cumsum(counts) - counts)
    right = first[left] + np.arange(left.size)
    products = np.take(values, left, axis=0) * np.take(other_values, right, axis=0)
    places = np.stack([rows_of(row_starts)[left], other_columns[right]])
    sizes = (shape[0], other_shape[1])
    return canonical(products, positions_of(places, sizes), sizes)


def _product_without_zeros(*arrays: Any, **shapes: Any) -> tuple[Any, Any, Any]:
    values, columns, row_starts = _product(*arrays, **shapes)
    plain, _, _ = _product(*map(innermost, arrays), **shapes)
    kept = np.flatnonzero(plain != 0)
    starts = starts_of(rows_of(row_starts)[kept], len(row_starts) - 1)
    return np.take(values, kept, axis=0), columns[kept], starts


@op(
    dtypes=_DTYPES,
    result=("same", "index", "index"),
    choices=(
        Choice(
            "sparse_zero_results",
            "whether entries whose result is 0 stay stored",
            lambda *arrays, **shapes: np.True_,
            {"kept": DEFINED, "dropped": Instead(_product_without_zeros)},
        ),
    ),
    also_known_as=("spgemm",),
)
def csr_matmul_csr(
    values: Any, columns: Any, row_starts: Any, other_values: Any, other_columns: Any,
    other_row_starts: Any, *, shape: tuple[int, ...], other_shape: tuple[int, ...],
) -> Any:  # fmt: skip
    """The matrix product of two CSR matrices in canonical CSR form: stored where entries meet.

    Semantics: z[i, k] = Σ x[i, j]·y[j, k] over the entries of both, in any order.
    Constraints: (C1) values and columns are (nnz,), row_starts (shape[0] + 1,); (C2) columns and
    row_starts are int32 or int64; (C3) columns are in [0, shape[1]); (C4) row_starts begins at 0
    and never decreases; (C5) it ends at nnz; all of y too; (C6) shape[1] is other_shape[0].
    Special values: NaN and inf that meet nothing are dropped; a sum that is 0 stays stored, or is
    dropped where the backend declares so (sparse_zero_results).
    Gradient: g·yᵀ and xᵀ·g at the stored places.
    Source: cuSPARSE SpGEMM; SciPy csr_array.__matmul__.
    """
    require_csr(values, columns, row_starts, shape)
    require_csr(other_values, other_columns, other_row_starts, other_shape)
    inner = shape[1] == other_shape[0]
    require(inner, f"other_shape {other_shape} must have {shape[1]} rows, as shape is {shape}")
    return _product(
        values, columns, row_starts, other_values, other_columns, other_row_starts,
        shape=shape, other_shape=other_shape,
    )  # fmt: skip
