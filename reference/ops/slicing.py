"""Slicing: select, getitem, setitem, unfold. Positions are attributes, not arrays."""

from __future__ import annotations

from types import EllipsisType
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from tensorcts.reference.arrays.dispatch import slice_of
from tensorcts.reference.arrays.primitives import scatter_to
from tensorcts.reference.constraints import require, require_broadcast
from tensorcts.reference.dtypes import STORABLE
from tensorcts.reference.registry import DEFINED, RAISES, Choice, op

Index = tuple[int | slice | EllipsisType | None, ...]


@op(dtypes=STORABLE, zero_sign=True, aliases="always")
def select(x: Any, *, axis: int, index: int) -> Any:
    """One slice of x along an axis, without that axis.

    Constraints: (C1) axis is in range; (C2) index in [-n, n) for x's size n along axis.
    Gradient: g in that slice, 0 elsewhere.
    Source: PyTorch select.
    """
    place = normalize_axis_index(axis, x.ndim)
    return slice_of(x, index=(slice(None),) * place + (index,))


def _backwards(x: Any, *_: Any, index: Index) -> Any:
    return any(isinstance(part, slice) and (part.step or 1) < 0 for part in index)


_NEGATIVE_STEPS = Choice(
    "negative_steps",
    "a slice with a negative step",
    _backwards,
    {"reverse": DEFINED, "raises": RAISES},
)


@op(dtypes=STORABLE, zero_sign=True, aliases="always", choices=(_NEGATIVE_STEPS,))
def getitem(x: Any, *, index: Index) -> Any:
    """The part of x that integers, slices, an ellipsis and new axes name, as in x[index].

    Semantics: axis by axis: an integer drops the axis, a slice start:stop:step keeps it, None adds
    one of size 1, … stands for all axes that are not named. Negative positions count from the end,
    the ends of slices are clamped to the array.
    Constraints: (C1) no more integers and slices than x has axes; (C2) integers in [-n, n) for the
    size n of their axis; (C3) no step is 0.
    Special values: a negative step reverses, or raises where the backend declares so
    (negative_steps).
    Gradient: g in that part, 0 elsewhere.
    Source: Array API 2024.12 indexing.
    """
    return slice_of(x, index=index)


@op(dtypes=STORABLE, zero_sign=True, choices=(_NEGATIVE_STEPS,))
def setitem(x: Any, y: Any, *, index: Index) -> Any:
    """x with y written to the part that an index names: a new array, x stays as it is.

    Semantics: the index is that of getitem; y is broadcast to the part.
    Constraints: (C1) no more integers and slices than x has axes; (C2) integers in [-n, n) for the
    size n of their axis; (C3) no step is 0; (C4) y broadcasts to the part's shape.
    Special values: negative steps as in getitem (negative_steps).
    Gradient: g, 0 where overwritten; g in that part, summed where y was broadcast.
    Source: Array API 2024.12 indexing; jax.numpy at[].set.
    """
    places = np.arange(x.size).reshape(x.shape)[index]
    require_broadcast("y", y, places.shape)
    updates = np.reshape(np.broadcast_to(y, places.shape), (places.size,))
    written = scatter_to(np.reshape(x, (x.size,)), places.ravel(), updates, axis=0)
    return np.reshape(written, x.shape)


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def unfold(x: Any, *, axis: int, size: int, step: int) -> Any:
    """The windows of a size along an axis, each step elements after the one before.

    Semantics: ⌊(n - size)/step⌋ + 1 windows lie along axis, their elements along a new last axis.
    Constraints: (C1) axis is in range; (C2) 1 ≤ size ≤ n, x's size along axis; (C3) step ≥ 1.
    Gradient: g added up where windows overlap.
    Source: PyTorch Tensor.unfold.
    """
    place = normalize_axis_index(axis, x.ndim)
    length = x.shape[place]
    require(1 <= size <= length, f"size must be in [1, {length}], not {size}")
    require(step >= 1, f"step must be at least 1, not {step}")
    starts = np.arange((length - size) // step + 1) * step
    windows = np.take(x, starts[:, None] + np.arange(size), axis=place)
    return np.moveaxis(windows, place + 1, -1)
