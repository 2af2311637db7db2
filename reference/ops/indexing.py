"""Indexing: what reads elements by indices, and the indices of the nonzero ones.

Negative indices count from the end; an index out of range is an error, never garbage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import ALL, FLOATING, STORABLE
from tensorcts.reference.indices import (
    along,
    axis_of,
    demand_dims,
    demand_shape,
    indexed_axis,
    keyed,
    located,
    out_of_range,
    sizes_of_keys,
)
from tensorcts.reference.registry import op


@op(
    dtypes=STORABLE,
    zero_sign=True,
    also_known_as=("index_select",),
    choices=(out_of_range("C2", sizes=indexed_axis),),
)
def take(x: Any, indices: Any, *, axis: int) -> Any:
    """The slices of x along an axis that a 1-d array of indices names, in its order.

    Constraints: (C1) indices is 1-d and integer, axis in [-d, d) for x's d dimensions; (C2) the
    indices are in [-n, n) for x's size n along axis, or give what the backend declares as
    out_of_range_index.
    Gradient: g added up at the indices, duplicates accumulating.
    Source: Array API 2024.12 take; PyTorch index_select.
    """
    demand_dims("indices", indices, 1)
    place = axis_of(x, axis)
    return np.take(x, located("indices", indices, x.shape[place]), axis=place)


@op(
    dtypes=STORABLE,
    zero_sign=True,
    also_known_as=("gather_elements",),
    choices=(out_of_range("C3", sizes=indexed_axis),),
)
def gather(x: Any, index: Any, *, axis: int) -> Any:
    """One element of x for each index, along an axis: z[i, j] = x[index[i, j], j] for axis 0.

    Constraints: (C1) axis is in [-d, d) for x's d dimensions; (C2) index is integer and has x's
    sizes along every other axis; (C3) its values are in [-n, n) for x's size n along axis, or give
    what the backend declares as out_of_range_index.
    Gradient: g added up at the indices, duplicates accumulating.
    Source: ONNX GatherElements-13; PyTorch gather.
    """
    place = axis_of(x, axis)
    demand_dims("index", index, x.ndim)
    demand_shape("index", index, along(x.shape, place, index.shape[place]))
    return np.take_along_axis(x, located("index", index, x.shape[place]), place)


@op(
    dtypes=STORABLE,
    zero_sign=True,
    also_known_as=("take_along_dim",),
    choices=(out_of_range("C3", sizes=indexed_axis),),
)
def take_along_axis(x: Any, indices: Any, *, axis: int) -> Any:
    """One element of x for each index, along an axis, where all other axes broadcast.

    Constraints: (C1) axis is in [-d, d) for x's d dimensions; (C2) indices is integer, has as many
    dimensions as x and broadcasts against it along every other axis; (C3) its values are in [-n, n)
    for x's size n along axis, or give what the backend declares as out_of_range_index.
    Gradient: g added up at the indices, duplicates accumulating.
    Source: Array API 2024.12 take_along_axis.
    """
    place = axis_of(x, axis)
    demand_dims("indices", indices, x.ndim)
    index = located("indices", indices, x.shape[place])
    n, count = x.shape[place], index.shape[place]
    shape = np.broadcast_shapes(along(x.shape, place, 1), along(index.shape, place, 1))
    wide = np.broadcast_to(x, along(shape, place, n))
    return np.take_along_axis(wide, np.broadcast_to(index, along(shape, place, count)), place)


@op(
    dtypes=STORABLE,
    zero_sign=True,
    also_known_as=("fancy_indexing",),
    choices=(out_of_range("C3", sizes=sizes_of_keys),),
)
def index(x: Any, *indices: Any, axes: tuple[int, ...]) -> Any:
    """x indexed by arrays: x[i, :, j] where axes says which axis each array indexes, here (0, 2).

    Semantics: integer arrays broadcast, and z[p, k] = x[i[p], k, j[p]]. Their common axes p stand
    where the indexed axes stood if those are neighbours, else first. A mask of m dimensions
    indexes m axes from its own on and stands for the m arrays of the places where it is true.
    Constraints: (C1) the axes are in [0, d), rise and do not overlap; (C2) the arrays are integer,
    of one dimension or more, and broadcast, or bool with x's sizes along their axes; (C3) indices
    are in [-n, n) for x's size n, or give what the backend declares as out_of_range_index.
    Gradient: g added up at the indices, duplicates accumulating.
    Source: NumPy 2.4 "Advanced indexing"; Array API 2024.12 "Indexing".
    """
    flat = np.reshape(x, (x.size,))
    return np.take(flat, keyed(x.shape, indices, axes), axis=0)


def _rows(weight: Any, indices: Any) -> list[int | None]:
    return [None, weight.shape[0]]


@op(
    dtypes=FLOATING,
    zero_sign=True,
    choices=(out_of_range("C3", sizes=_rows, from_the_end=False),),
)
def embedding(weight: Any, indices: Any) -> Any:
    """The rows of a table that an array of indices names: z[i, j, :] = weight[indices[i, j], :].

    Constraints: (C1) weight is 2-d; (C2) indices is integer, of any shape; (C3) its values are in
    [0, n), or give what the backend declares as out_of_range_index.
    Gradient: g added up at the rows, duplicates accumulating.
    Source: PyTorch nn.functional.embedding.
    """
    demand_dims("weight", weight, 2)
    rows = located("indices", indices, weight.shape[0], from_the_end=False)
    return np.take(weight, rows, axis=0)


@op(dtypes=ALL, result="index", differentiable=False)
def nonzero(x: Any) -> Any:
    """The places of the elements that are not zero: for each axis of x the indices along it.

    Semantics: one 1-d array an axis, in row-major order of the elements.
    Constraints: (C1) x has a dimension or more.
    Special values: NaN is not zero, -0 is.
    Gradient: none.
    Source: Array API 2024.12 nonzero.
    """
    if x.ndim == 0:
        raise ValueError("x must have a dimension or more, not the shape ()")
    return tuple(np.nonzero(x))


@op(dtypes=ALL, result="index", differentiable=False)
def argwhere(x: Any) -> Any:
    """The places of the elements that are not zero as the rows of a matrix, in row-major order.

    Special values: NaN is not zero, -0 is. For a 0-d x the matrix has no columns.
    Gradient: none.
    Source: PyTorch argwhere; NumPy 2.4 argwhere.
    """
    return np.argwhere(x)
