"""Scattering: what writes elements to places that indices name, as a new array.

Negative indices count from the end; an index out of range is an error, never garbage.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import scatter_sum, scatter_to
from tensorcts.reference.dtypes import BOOL, STORABLE, STORAGE, name_of, numpy_dtype
from tensorcts.reference.indices import (
    along,
    axis_of,
    demand_dims,
    demand_one_dtype,
    duplicates,
    indexed_axis,
    keyed,
    located,
    located_each,
    located_line,
    out_of_range,
    sizes_of_keys,
)
from tensorcts.reference.registry import op


def _positions(shape: tuple[int, ...], index: Any, axis: int) -> Any:
    return np.take_along_axis(np.reshape(np.arange(math.prod(shape)), shape), index, axis)


def _scattered(x: Any, index: Any, updates: Any, *, axis: int) -> tuple[Any, Any]:
    return _positions(x.shape, *located_each(x, index, updates, axis)), updates


@op(
    dtypes=STORABLE,
    zero_sign=True,
    choices=(duplicates(_scattered), out_of_range("C3", sizes=indexed_axis)),
)
def scatter(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """x with updates written at the indices, along an axis: z[index[i, j], j] = updates[i, j].

    Constraints: (C1) axis is in [-d, d) for x's d dimensions; (C2) index is integer and has x's
    sizes along every other axis, updates has its shape and x's dtype; (C3) indices are in [-n, n)
    for x's size n along axis, or give what the backend declares as out_of_range_index.
    Special values: of several updates to one element the last stays, or any one of them, whole,
    where the backend declares so (scatter_duplicates).
    Gradient: g, zero where overwritten; g at the indices (defined without duplicates only).
    Source: ONNX ScatterElements-18, reduction none.
    """
    found, place = located_each(x, index, updates, axis)
    return scatter_to(x, found, updates, axis=place)


def _spread(x: Any, indices: Any, values: Any, axis: int) -> tuple[Any, Any, int]:
    """The indices and the values, broadcast to one shape and checked, and the axis."""
    place = axis_of(x, axis)
    demand_dims("indices", indices, x.ndim)
    demand_one_dtype(x=x, values=values)
    found = located("indices", indices, x.shape[place])
    shape = along(x.shape, place, indices.shape[place])
    return np.broadcast_to(found, shape), np.broadcast_to(values, shape), place


def _put(x: Any, indices: Any, values: Any, *, axis: int) -> tuple[Any, Any]:
    found, wide, place = _spread(x, indices, values, axis)
    return _positions(x.shape, found, place), wide


@op(
    dtypes=STORABLE,
    zero_sign=True,
    choices=(duplicates(_put), out_of_range("C3", sizes=indexed_axis)),
)
def put_along_axis(x: Any, indices: Any, values: Any, *, axis: int) -> Any:
    """x with values written at the indices, along an axis, where indices and values broadcast.

    Constraints: (C1) axis is in [-d, d) for x's d dimensions; (C2) indices is integer, has as many
    dimensions as x and broadcasts to x's sizes along every other axis, values broadcasts to the
    shape that indices gets and has x's dtype; (C3) indices are in [-n, n) for x's size n along
    axis, or give what the backend declares as out_of_range_index.
    Special values: of several values for one element the last stays, or any one of them, whole,
    where the backend declares so (scatter_duplicates).
    Gradient: g, zero where overwritten; g at the indices (defined without duplicates only).
    Source: NumPy 2.4 put_along_axis, as a new array.
    """
    found, wide, place = _spread(x, indices, values, axis)
    return scatter_to(x, found, wide, axis=place)


def _copied(x: Any, index: Any, updates: Any, *, axis: int) -> tuple[Any, Any]:
    return _positions(x.shape, *located_line(x, index, updates, axis)), updates


@op(
    dtypes=STORABLE,
    zero_sign=True,
    choices=(duplicates(_copied), out_of_range("C3", sizes=indexed_axis)),
)
def index_copy(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """x with slices along an axis replaced: z[index[i], j] = updates[i, j] for axis 0.

    Constraints: (C1) axis is in [-d, d) for x's d dimensions; (C2) index is 1-d and integer,
    updates has x's dtype and shape, but as many slices as there are indices; (C3) indices are in
    [-n, n) for x's size n along axis, or give what the backend declares as out_of_range_index.
    Special values: of several slices for one place the last stays, or any of them, element by
    element, where the backend declares so (scatter_duplicates).
    Gradient: g, zero where overwritten; g at the indices (defined without duplicates only).
    Source: PyTorch index_copy.
    """
    found, place = located_line(x, index, updates, axis)
    return scatter_to(x, found, updates, axis=place)


_NOT_ADDED = tuple(map(numpy_dtype, (*BOOL, *STORAGE)))


def _put_at(
    x: Any, values: Any, *indices: Any, axes: tuple[int, ...], accumulate: bool
) -> tuple[Any, Any]:
    """The positions that the arrays name in the flattened x, and a value for each of them."""
    demand_one_dtype(x=x, values=values)
    positions = keyed(x.shape, indices, axes)
    return positions, np.broadcast_to(values, positions.shape)


def _put_duplicates(*arrays: Any, axes: tuple[int, ...], accumulate: bool) -> tuple[Any, Any]:
    positions, values = _put_at(*arrays, axes=axes, accumulate=accumulate)
    none = slice(0, 0) if accumulate else slice(None)
    return np.reshape(positions, (-1,))[none], np.reshape(values, (-1,))[none]


def _keyed_sizes(
    x: Any, values: Any, *indices: Any, axes: tuple[int, ...], accumulate: bool
) -> list[int | None]:
    return [None, *sizes_of_keys(x, *indices, axes=axes)]


@op(
    dtypes=STORABLE,
    zero_sign=True,
    choices=(duplicates(_put_duplicates), out_of_range("C3", sizes=_keyed_sizes)),
)
def index_put(x: Any, values: Any, *indices: Any, axes: tuple[int, ...], accumulate: bool) -> Any:
    """x with values written, or added, where arrays index it: x[i, :, j] = values, as a new array.

    Semantics: the arrays name places as those of index do, and values broadcasts to the shape that
    index gives. With accumulate duplicates add up, in any order; integers wrap modulo 2**n.
    Constraints: (C1) the axes are in [0, d), rise and do not overlap; (C2) the arrays are integer,
    of one dimension or more, and broadcast, or bool with x's sizes along their axes; values has x's
    dtype and broadcasts; (C3) indices are in [-n, n) for x's size n, or give what the backend
    declares as out_of_range_index; (C4) accumulate is not for bool, nor for 8-bit floats and
    half complex numbers.
    Special values: without accumulate the last of several values for one element stays, or any one
    of them, whole, where the backend declares so (scatter_duplicates).
    Gradient: g, zero where overwritten; g at the places (defined without duplicates, or added up).
    Source: PyTorch index_put; NumPy 2.4 "Assigning values to indexed arrays".
    """
    positions, wide = _put_at(x, values, *indices, axes=axes, accumulate=accumulate)
    if accumulate and x.dtype in _NOT_ADDED:
        raise TypeError(f"accumulate is not for {name_of(x.dtype)}")
    flat, places = np.reshape(x, (x.size,)), np.reshape(positions, (positions.size,))
    write = scatter_sum if accumulate else scatter_to
    return np.reshape(write(flat, places, np.reshape(wide, places.shape), axis=0), x.shape)
