"""Accumulating: what adds, or otherwise reduces, updates into places that indices name.

Negative indices count from the end; an index out of range is an error, never garbage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import scatter_sum, scatter_to
from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.dtypes import NUMERIC, REAL
from tensorcts.reference.indices import indexed_axis, located_each, located_line, out_of_range
from tensorcts.reference.registry import op


@op(dtypes=NUMERIC, choices=(out_of_range("C3", sizes=indexed_axis),))
def index_add(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """x with slices added along an axis: z[index[i], j] += updates[i, j] for axis 0.

    Semantics: duplicates accumulate, in any order; integers wrap modulo 2**n.
    Constraints: (C1) axis is in [-d, d) for x's d dimensions; (C2) index is 1-d and integer,
    updates has x's dtype and shape, but as many slices as there are indices; (C3) indices are in
    [-n, n) for x's size n along axis, or give what the backend declares as out_of_range_index.
    Gradient: g; g at the indices.
    Source: PyTorch index_add with alpha 1.
    """
    found, place = located_line(x, index, updates, axis)
    return scatter_sum(x, found, updates, axis=place)


@op(dtypes=NUMERIC, choices=(out_of_range("C3", sizes=indexed_axis),))
def scatter_add(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """x with updates added at the indices, along an axis: z[index[i, j], j] += updates[i, j].

    Semantics: duplicates accumulate, in any order; integers wrap modulo 2**n.
    Constraints: (C1) axis is in [-d, d) for x's d dimensions; (C2) index is integer and has x's
    sizes along every other axis, updates has its shape and x's dtype; (C3) indices are in [-n, n)
    for x's size n along axis, or give what the backend declares as out_of_range_index.
    Gradient: g; g at the indices.
    Source: ONNX ScatterElements-18, reduction add.
    """
    found, place = located_each(x, index, updates, axis)
    return scatter_sum(x, found, updates, axis=place)


def _step(x: Any, index: Any, updates: Any, axis: int, combine: Any) -> Any:
    """x combined with one update after another; no two of one step go to the same element."""
    for step in range(index.shape[axis]):
        one = (slice(None),) * axis + (slice(step, step + 1),)
        reached = combine(np.take_along_axis(x, index[one], axis), updates[one])
        x = scatter_to(x, index[one], reached, axis=axis)
    return x


def _hit(x: Any, index: Any, axis: int) -> Any:
    """How many updates go to each element."""
    return scatter_sum(np.zeros(x.shape), index, np.ones(index.shape), axis=axis)


def _ties(
    z: Any, x: Any, index: Any, updates: Any, axis: int, largest: bool, include_self: bool
) -> tuple[Any, Any, Any]:
    """Which elements of x and of the updates are the extreme ones, and how many each place has."""
    own = (x == z) & (include_self | (_hit(x, index, axis) == 0))
    found = updates == np.take_along_axis(z, index, axis)
    return (
        own,
        found,
        scatter_sum(np.where(own, 1.0, 0.0), index, np.where(found, 1.0, 0.0), axis=axis),
    )


def _to_own(g: Any, z: Any, *call: Any) -> Any:
    own, _, count = _ties(z, *call)
    return np.where(own, g / np.where(own, count, 1.0), 0.0)


def _to_updates(g: Any, z: Any, x: Any, index: Any, updates: Any, axis: int, *more: Any) -> Any:
    _, found, count = _ties(z, x, index, updates, axis, *more)
    shares = np.take_along_axis(g / np.where(count == 0, 1.0, count), index, axis)
    return np.where(found, shares, 0.0)


@gradient(_to_own, None, _to_updates)
def _extreme(x: Any, index: Any, updates: Any, axis: int, largest: bool, include_self: bool) -> Any:
    start = x if include_self else scatter_to(x, index, updates, axis=axis)
    return _step(start, index, updates, axis, np.maximum if largest else np.minimum)


def _reduced(
    x: Any, index: Any, updates: Any, axis: int, reduction: str, include_self: bool
) -> Any:
    """The sum, prod or mean."""
    neutral = np.zeros_like(updates) + (1 if reduction == "prod" else 0)
    start = x if include_self else scatter_to(x, index, neutral, axis=axis)
    if reduction == "prod":
        return _step(start, index, updates, axis, np.multiply)
    total, count = scatter_sum(start, index, updates, axis=axis), _hit(x, index, axis)
    return total if reduction == "sum" else total / np.maximum(count + include_self, 1.0)


@op(dtypes=REAL, choices=(out_of_range("C3", sizes=indexed_axis),))
def scatter_reduce(
    x: Any, index: Any, updates: Any, *, axis: int, reduction: str, include_self: bool
) -> Any:
    """x reduced with the updates at the indices, along an axis: their sum, prod, mean, max or min.

    Semantics: an element's own value takes part where include_self is true; one that no index
    names stays as it is. Duplicates are reduced in any order; integers wrap modulo 2**n.
    Constraints: (C1) axis is in [-d, d) for x's d dimensions; (C2) index is integer and has x's
    sizes along every other axis, updates has its shape and x's dtype; (C3) indices are in [-n, n)
    for x's size n along axis, or give what the backend declares as out_of_range_index; (C4)
    reduction is sum, prod, mean, max or min, mean for floats only.
    Special values: max and min give NaN where any element is NaN.
    Gradient: that of the reduction, max's and min's to the extreme one.
    Kinks: equal largest or smallest elements share g evenly.
    Source: PyTorch scatter_reduce (amax, amin).
    """
    found, place = located_each(x, index, updates, axis)
    known = ("sum", "prod", "max", "min", "mean")
    if reduction not in known[: 4 if x.dtype.kind in "iu" else 5]:
        raise ValueError(f"reduction must be one of {known} (mean for floats), not {reduction!r}")
    if reduction in ("max", "min"):
        return _extreme(x, found, updates, place, reduction == "max", include_self)
    return _reduced(x, found, updates, place, reduction, include_self)
