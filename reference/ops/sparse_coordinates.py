"""Sparse arrays in coordinate format (COO): values (nnz,) and indices (ndim, nnz).

Entries stand in any order; those at the same place add up. A coalesced result holds its entries
in row-major order, each place once, explicit zeros included.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.dispatch import innermost
from tensorcts.reference.arrays.primitives import convert, scatter_sum
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import COMPLEX, FLOATING
from tensorcts.reference.registry import DEFINED, Choice, Instead, op
from tensorcts.reference.sparse_formats import (
    coalesced,
    dense,
    indices_at,
    positions_of,
    require_coo,
)

_DTYPES = (*FLOATING, *COMPLEX, "int32", "int64")


@op(dtypes=_DTYPES, also_known_as=("sparse_coo_tensor", "todense"))
def coo_to_dense(values: Any, indices: Any, *, shape: tuple[int, ...]) -> Any:
    """The dense array of a COO array: z[indices[:, e]] = Σ values[e], 0 where nothing is stored.

    Semantics: entries at one place add up, in any order; integers wrap modulo 2**n.
    Constraints: (C1) values is (nnz,), indices (len(shape), nnz), len(shape) ≥ 1; (C2) indices is
    int32 or int64; (C3) indices[a] is in [0, shape[a]), never negative.
    Gradient: g at each entry's place.
    Source: PyTorch sparse_coo_tensor, to_dense; SciPy coo_array.toarray.
    """
    require_coo(values, indices, shape)
    return dense(values, positions_of(indices, shape), shape)


def _with_negative_zeros(x: Any) -> tuple[Any, Any]:
    return _entries(x, (x != 0) | np.signbit(x))


def _negative_zeros(x: Any) -> Any:
    return (x == 0) & np.signbit(x) if x.dtype.kind == "f" else np.False_


def _entries(x: Any, kept: Any) -> tuple[Any, Any]:
    positions = np.flatnonzero(kept)
    values = np.take(np.reshape(x, (x.size,)), positions, axis=0)
    return values, indices_at(positions, x.shape)


@op(
    dtypes=_DTYPES,
    result=("same", "index"),
    zero_sign=True,
    choices=(
        Choice(
            "sparse_negative_zero",
            "whether -0.0 is stored",
            _negative_zeros,
            {"dropped": DEFINED, "stored": Instead(_with_negative_zeros)},
        ),
    ),
    also_known_as=("to_sparse", "to_sparse_coo"),
)
def dense_to_coo(x: Any) -> Any:
    """The elements of x that are not 0, in row-major order: values and indices.

    Constraints: (C1) x has at least one axis.
    Special values: NaN is stored; -0.0 is not, or is where the backend declares so
    (sparse_negative_zero).
    Gradient: g at the stored places.
    Kinks: 0 at a 0, which is not stored.
    Source: PyTorch Tensor.to_sparse; SciPy coo_array.
    """
    require(x.ndim > 0, "x must have at least one axis")
    return _entries(x, x != 0)


@op(dtypes=_DTYPES, result=("same", "index"), also_known_as=("sum_duplicates", "coalesce"))
def coo_coalesce(values: Any, indices: Any, *, shape: tuple[int, ...]) -> Any:
    """The same array with its places in row-major order, each once, its entries added up.

    Semantics: summed in any order; a sum of 0 stays stored; integers wrap modulo 2**n.
    Constraints: (C1) values is (nnz,), indices (len(shape), nnz), len(shape) ≥ 1; (C2) indices is
    int32 or int64; (C3) indices[a] is in [0, shape[a]), never negative.
    Gradient: g of its place at each entry.
    Source: PyTorch Tensor.coalesce; SciPy coo_array.sum_duplicates.
    """
    require_coo(values, indices, shape)
    total, positions = coalesced(values, positions_of(indices, shape))
    return total, indices_at(positions, shape)


@op(dtypes=_DTYPES, result=("same", "index"), zero_sign=True, aliases="may")
def coo_transpose(
    values: Any, indices: Any, *, shape: tuple[int, ...], axes: tuple[int, ...]
) -> Any:
    """The axes in another order: axis i of the result is axis axes[i]; the entries keep theirs.

    Constraints: (C1) values is (nnz,), indices (len(shape), nnz), len(shape) ≥ 1; (C2) indices is
    int32 or int64; (C3) indices[a] is in [0, shape[a]), never negative; (C4) axes names each axis
    once, none by a negative number.
    Gradient: g.
    Source: SciPy coo_array.transpose; PyTorch permute of sparse tensors.
    """
    require_coo(values, indices, shape)
    every = sorted(axes) == list(range(len(shape)))
    require(every, f"axes {axes} must name each of {len(shape)} axes once")
    return values, np.take(indices, axes, axis=0)


def _nonzero_of(function: Any) -> Instead:
    """The elements of the dense result that are not 0 when nothing is rounded."""

    def outputs(
        values: Any, indices: Any, other_values: Any, other_indices: Any, *, shape: tuple[int, ...]
    ) -> tuple[Any, Any]:
        mine, others = positions_of(indices, shape), positions_of(other_indices, shape)
        result = function(dense(values, mine, shape), dense(other_values, others, shape))
        plain = function(*(dense(innermost(v), p, shape)
                           for v, p in ((values, mine), (other_values, others))))  # fmt: skip
        return _entries(result, plain != 0)

    return Instead(outputs)


@op(
    dtypes=_DTYPES,
    result=("same", "index"),
    choices=(
        Choice(
            "sparse_zero_results",
            "whether entries whose result is 0 stay stored",
            lambda *arrays, shape: np.True_,
            {"kept": DEFINED, "dropped": _nonzero_of(np.add)},
        ),
    ),
)
def coo_add(
    values: Any, indices: Any, other_values: Any, other_indices: Any, *, shape: tuple[int, ...]
) -> Any:
    """The sum of two COO arrays of one shape, coalesced: stored where either has an entry.

    Constraints: (C1) values is (nnz,), indices (len(shape), nnz), len(shape) ≥ 1; (C2) indices is
    int32 or int64; (C3) indices[a] is in [0, shape[a]), never negative; all of the other array too.
    Special values: an entry that becomes 0 stays stored, or is dropped where the backend declares
    so (sparse_zero_results).
    Gradient: g of its place at each entry.
    Source: PyTorch add of sparse tensors; SciPy coo_array.__add__.
    """
    require_coo(values, indices, shape)
    require_coo(other_values, other_indices, shape)
    places = np.concatenate([positions_of(i, shape) for i in (indices, other_indices)])
    total, positions = coalesced(np.concatenate([values, other_values], axis=0), places)
    return total, indices_at(positions, shape)


@op(
    dtypes=_DTYPES,
    result=("same", "index"),
    choices=(
        Choice(
            "sparse_product_pattern",
            "where a product is stored",
            lambda *arrays, shape: np.True_,
            {"intersection": DEFINED, "nonzero": _nonzero_of(np.multiply)},
        ),
    ),
)
def coo_multiply(
    values: Any, indices: Any, other_values: Any, other_indices: Any, *, shape: tuple[int, ...]
) -> Any:
    """The elementwise product of two COO arrays of one shape: stored where both have entries.

    Semantics: entries at one place add up first; the result is coalesced.
    Constraints: (C1) values is (nnz,), indices (len(shape), nnz), len(shape) ≥ 1; (C2) indices is
    int32 or int64; (C3) indices[a] is in [0, shape[a]), never negative; all of the other array too.
    Special values: NaN or inf where the other array stores nothing is dropped, a product that is 0
    stored; or the elements of the dense product that are not 0 are, where the backend declares so
    (sparse_product_pattern).
    Gradient: g times the other array's sum at each entry's place, 0 where it stores nothing.
    Source: PyTorch mul of sparse tensors; SciPy coo_array.multiply.
    """
    require_coo(values, indices, shape)
    require_coo(other_values, other_indices, shape)
    x, mine = coalesced(values, positions_of(indices, shape))
    y, others = coalesced(other_values, positions_of(other_indices, shape))
    both, left, right = np.intersect1d(mine, others, assume_unique=True, return_indices=True)
    return np.take(x, left, axis=0) * np.take(y, right, axis=0), indices_at(both, shape)


@op(dtypes=_DTYPES)
def coo_add_dense(values: Any, indices: Any, y: Any) -> Any:
    """The dense sum of a COO array and a dense array y of its shape.

    Constraints: (C1) values is (nnz,), indices (n, nnz) for the n ≥ 1 axes of y; (C2) indices is
    int32 or int64; (C3) indices[a] is in [0, y.shape[a]), never negative.
    Gradient: g at each entry's place; g.
    Source: PyTorch add(dense, sparse); SciPy coo_array.__add__ with a dense array.
    """
    require_coo(values, indices, y.shape)
    flat, positions = np.reshape(y, (y.size,)), positions_of(indices, y.shape)
    return np.reshape(scatter_sum(flat, positions, values, axis=0), y.shape)


@op(dtypes=_DTYPES, result=("same", "index"))
def coo_multiply_dense(values: Any, indices: Any, y: Any) -> Any:
    """The elementwise product with a dense array y of its shape, coalesced: stored as x is.

    Constraints: (C1) values is (nnz,), indices (n, nnz) for the n ≥ 1 axes of y; (C2) indices is
    int32 or int64; (C3) indices[a] is in [0, y.shape[a]), never negative.
    Special values: NaN or inf of y where nothing is stored is dropped; zeros of y are stored.
    Gradient: g·y at each entry's place; g times the sum at the stored places, 0 elsewhere.
    Source: PyTorch mul(sparse, dense); SciPy coo_array.multiply with a dense array.
    """
    require_coo(values, indices, y.shape)
    x, positions = coalesced(values, positions_of(indices, y.shape))
    factors = np.take(np.reshape(y, (y.size,)), positions, axis=0)
    return x * factors, indices_at(positions, y.shape)


@op(dtypes=_DTYPES, result="dtype")
def coo_sum(
    values: Any, indices: Any, *, shape: tuple[int, ...], axis: int | None, dtype: str
) -> Any:
    """The dense sum of a COO array along an axis, or of all its entries (axis None).

    Semantics: summed in any order in the dtype given; 0 where nothing is stored; integers wrap.
    Constraints: (C1) values is (nnz,), indices (len(shape), nnz), len(shape) ≥ 1; (C2) indices is
    int32 or int64; (C3) indices[a] is in [0, shape[a]), never negative; (C4) axis is None or in
    [-len(shape), len(shape)); (C5) dtype is x's own for inexact values, an integer one for others.
    Gradient: g at each entry's place.
    Source: PyTorch sparse.sum; SciPy coo_array.sum.
    """
    require_coo(values, indices, shape)
    count = len(shape)
    require(axis is None or -count <= axis < count, f"axis {axis} is none of {count} axes")
    kept = [a for a in range(count) if axis is not None and a != axis % count]
    sizes = tuple(shape[a] for a in kept)
    places = positions_of(indices[kept], sizes)
    return dense(convert(values, dtype=dtype), places, sizes)
