"""Indexing: take, gather, scatter, scatter_add, masked_select, embedding.

Negative indices count from the end; an index out of range is an error, never garbage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import scatter_sum, scatter_to, select
from tensorcts.reference.dtypes import FLOATING, NUMERIC, STORABLE
from tensorcts.reference.registry import DEFINED, AnyOf, Choice, op


@op(dtypes=STORABLE, zero_sign=True, also_known_as=("index_select",))
def take(x: Any, indices: Any, *, axis: int) -> Any:
    """The slices of x along an axis that a 1-d array of indices names, in its order.

    Constraints: (C1) indices is 1-d and integer, in [-n, n) for x's size n along axis.
    Gradient: g added up at the indices, duplicates accumulating.
    Source: Array API 2024.12 take; PyTorch index_select.
    """
    return np.take(x, indices, axis=axis)


@op(dtypes=STORABLE, zero_sign=True, also_known_as=("take_along_axis", "gather_elements"))
def gather(x: Any, index: Any, *, axis: int) -> Any:
    """One element of x for each index, along an axis: z[i, j] = x[index[i, j], j] for axis 0.

    Constraints: (C1) index is integer and has x's sizes along every other axis; (C2) its values are
    in [-n, n) for x's size n along axis.
    Gradient: g added up at the indices, duplicates accumulating.
    Source: ONNX GatherElements-13; Array API 2024.12 take_along_axis.
    """
    return np.take_along_axis(x, index, axis)


def _written_twice(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    hits = scatter_sum(np.zeros(x.shape), index, np.ones(index.shape), axis=axis)
    return hits > 1


def _any_of_duplicates(x: Any, index: Any, updates: Any, *, axis: int) -> list[Any]:
    """One array for each position along the axis: what stands if that update comes last."""
    results = []
    for last in range(index.shape[axis]):
        order = np.argsort(np.arange(index.shape[axis]) == last, kind="stable")
        turned = np.take(index, order, axis), np.take(updates, order, axis)
        results.append(scatter_to(x, *turned, axis=axis))
    return results


@op(
    dtypes=STORABLE,
    zero_sign=True,
    choices=(
        Choice(
            "scatter_duplicates",
            "which of several updates to one element stays",
            _written_twice,
            {"last": DEFINED, "any_of_them": AnyOf(_any_of_duplicates)},
        ),
    ),
)
def scatter(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """x with updates written at the indices, along an axis: z[index[i, j], j] = updates[i, j].

    Constraints: (C1) index is integer and has x's sizes along every other axis, its values in
    [-n, n); (C2) updates has the shape of index and the dtype of x.
    Special values: of several updates to one element the last stays, or any one of them, whole,
    where the backend declares so (scatter_duplicates).
    Gradient: g, zero where overwritten; g at the indices (defined without duplicates only).
    Source: ONNX ScatterElements-18, reduction none.
    """
    return scatter_to(x, index, updates, axis=axis)


@op(dtypes=NUMERIC)
def scatter_add(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """x with updates added at the indices, along an axis: z[index[i, j], j] += updates[i, j].

    Semantics: duplicates accumulate, in any order; integers wrap modulo 2**n.
    Constraints: (C1) index is integer and has x's sizes along every other axis, its values in
    [-n, n); (C2) updates has the shape of index and the dtype of x.
    Gradient: g; g at the indices.
    Source: ONNX ScatterElements-18, reduction add.
    """
    return scatter_sum(x, index, updates, axis=axis)


@op(dtypes=STORABLE, zero_sign=True, also_known_as=("boolean_mask",))
def masked_select(x: Any, mask: Any) -> Any:
    """The elements of x where the mask is true, in row-major order, as a 1-d array.

    Constraints: (C1) mask is bool and has the shape of x.
    Special values: an all-false mask gives shape (0,).
    Gradient: g back in its places, 0 elsewhere.
    Source: PyTorch masked_select.
    """
    return select(x, mask)


@op(dtypes=FLOATING, zero_sign=True)
def embedding(weight: Any, indices: Any) -> Any:
    """The rows of a table that an array of indices names: z[i, j, :] = weight[indices[i, j], :].

    Constraints: (C1) weight is 2-d; (C2) indices is integer, of any shape, in [0, n).
    Gradient: g added up at the rows, duplicates accumulating.
    Source: PyTorch nn.functional.embedding.
    """
    return np.take(weight, indices, axis=0)
