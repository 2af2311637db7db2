"""Sorting: sort, argsort, topk, searchsorted. NaN comes last; -0 and +0 are equal."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import BOOL, REAL
from tensorcts.reference.indices import axis_of, demand_dims, demand_one_dtype
from tensorcts.reference.registry import DEFINED, AnyWith, Choice, op


def _order(x: Any, axis: int, descending: bool, nan_first: bool = False) -> Any:
    """The places of the elements in their order along the axis, equal ones in that of x."""
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    backwards = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
    order = x.shape[axis] - 1 - np.flip(backwards, axis)  # NaN is first as yet
    nan = np.take_along_axis(x != x, order, axis)
    last = np.argsort(nan, axis=axis, kind="stable")
    return order if nan_first else np.take_along_axis(order, last, axis)


def _nan_descending(x: Any, *, axis: int, descending: bool, **attrs: Any) -> Any:
    return descending & np.any(x != x, axis=axis, keepdims=True)


def _nan_descending_topk(x: Any, *, k: int, axis: int, largest: bool) -> Any:
    return _nan_descending(x, axis=axis, descending=largest)


def _nan_first(function: Any) -> Choice:
    """Where NaN stands in descending order; ``function`` gives the result with NaN first."""
    where = _nan_descending_topk if function is _topk_nan_first else _nan_descending
    return Choice(
        "nan_in_descending_order",
        "where NaN stands in descending order",
        where,
        {"last": DEFINED, "first": function},
    )


def _sort_nan_first(x: Any, *, axis: int, descending: bool, stable: bool) -> Any:
    return np.take_along_axis(x, _order(x, axis, descending, nan_first=True), axis)


def _argsort_nan_first(x: Any, *, axis: int, descending: bool, stable: bool) -> Any:
    return _order(x, axis, descending, nan_first=True)


def _topk_nan_first(x: Any, *, k: int, axis: int, largest: bool) -> tuple[Any, Any]:
    return _first(x, _order(x, axis, largest, nan_first=True), k, axis)


def _equal(x: Any, y: Any) -> Any:
    return (x == y) | ((x != x) & (y != y))


def _distinct(places: Any, size: int, axis: int) -> Any:
    """Whether the places along the axis are in [0, size) and differ."""
    inside = np.all((places >= 0) & (places < size), axis=axis, keepdims=True)
    apart = np.all(np.diff(np.sort(places, axis), axis=axis) > 0, axis=axis, keepdims=True)
    return inside & apart


def _as_good(x: Any, found: Any, order: Any, axis: int) -> Any:
    """Whether places found lead to equal elements as those of the order, none named twice."""
    size = x.shape[axis]
    picked = np.take_along_axis(x, np.clip(found, 0, max(size - 1, 0)), axis)
    return _equal(picked, np.take_along_axis(x, order, axis)) & _distinct(found, size, axis)


def _any_sorted(results: Any, truths: Any, x: Any, *, axis: int, **attrs: Any) -> tuple[Any, ...]:
    """Equal elements, among zeros as many negative ones as there are."""
    (found,), (truth,) = results, truths
    negative = [np.sum(np.signbit(z) & (z == 0), axis=axis, keepdims=True) for z in (found, x)]
    return (_equal(found, truth) & (negative[0] == negative[1]),)


def _any_order(results: Any, truths: Any, x: Any, *, axis: int, **attrs: Any) -> tuple[Any, ...]:
    return (_as_good(x, results[0], truths[0], axis),)


def _any_top(
    results: Any, truths: Any, x: Any, *, k: int, axis: int, largest: bool
) -> tuple[Any, ...]:
    """The values are those of the places; equal elements may stand for one another."""
    right = _as_good(x, results[1], truths[1], axis)
    return _equal(results[0], truths[0]), right


def _ties(right: Any) -> Choice:
    """How equal elements are ordered where stable is false."""
    return Choice(
        "unstable_ties",
        "the order of equal elements where stable is false",
        lambda x, *, stable, **attrs: not stable,
        {"any_order": AnyWith(right), "stable": DEFINED},
    )


@op(dtypes=REAL + BOOL, zero_sign=True, choices=(_nan_first(_sort_nan_first), _ties(_any_sorted)))
def sort(x: Any, *, axis: int, descending: bool, stable: bool) -> Any:
    """The elements of x in ascending or descending order, along an axis.

    Semantics: -0 and +0 are equal; where stable is true equal elements keep their order, else they
    may come in any (unstable_ties).
    Constraints: (C1) axis is in [-d, d) for x's d dimensions, at least one.
    Special values: NaN comes last, in descending order last or first as the backend declares
    (nan_in_descending_order).
    Gradient: g back in the places that the elements came from.
    Kinks: of equal elements the first in x is the first of the result, any where stable is false.
    Source: Array API 2024.12 sort; NumPy 2.4 for NaN.
    """
    return np.take_along_axis(x, argsort(x, axis=axis, descending=descending, stable=stable), axis)


@op(
    dtypes=REAL + BOOL,
    result="index",
    differentiable=False,
    choices=(_nan_first(_argsort_nan_first), _ties(_any_order)),
)
def argsort(x: Any, *, axis: int, descending: bool, stable: bool) -> Any:
    """The places of the elements of x in ascending or descending order, along an axis.

    Semantics: -0 and +0 are equal; where stable is true equal elements keep their order, else any
    permutation that sorts is right (unstable_ties).
    Constraints: (C1) axis is in [-d, d) for x's d dimensions, at least one.
    Special values: NaN comes last, in descending order last or first as the backend declares
    (nan_in_descending_order).
    Source: Array API 2024.12 argsort; NumPy 2.4 for NaN.
    """
    return _order(x, axis_of(x, axis), descending)


def _first(x: Any, order: Any, k: int, axis: int) -> tuple[Any, Any]:
    """The first k elements in the order, and their places."""
    places = np.take(order, np.arange(k), axis=axis)
    return np.take_along_axis(x, places, axis), places


@op(
    dtypes=REAL,
    result=("same", "index"),
    choices=(
        _nan_first(_topk_nan_first),
        Choice(
            "topk_ties",
            "which of equal elements are among the k, and their order",
            lambda x, **attrs: True,
            {"any": AnyWith(_any_top), "first": DEFINED},
        ),
    ),
)
def topk(x: Any, *, k: int, axis: int, largest: bool) -> Any:
    """The k largest (or smallest) elements along an axis, the extreme one first, and their places.

    Semantics: of equal elements any may be among the k, in any order (topk_ties), the first ones
    here; -0 and +0 are equal.
    Constraints: (C1) axis is in [-d, d) for x's d dimensions, at least one; (C2) k is in [0, n] for
    x's size n along axis.
    Special values: NaN comes last, among the largest last or first as the backend declares
    (nan_in_descending_order).
    Gradient: g back in the places that the elements came from.
    Kinks: of equal elements to those whose places are given.
    Source: PyTorch topk, sorted; ONNX TopK-11 for ties.
    """
    place = axis_of(x, axis)
    if not 0 <= k <= x.shape[place]:
        raise ValueError(f"k must be in [0, {x.shape[place]}], not {k}")
    return _first(x, _order(x, place, largest), k, place)


@op(dtypes=REAL, result="index", differentiable=False, also_known_as=("bucketize",))
def searchsorted(x1: Any, x2: Any, *, side: str) -> Any:
    """The places in the ascending x1 at which the elements of x2 would keep its order.

    Semantics: for side "left" the number of elements of x1 that are less than each element of x2,
    for "right" of those that are not greater.
    Constraints: (C1) x1 is 1-d, x2 of any shape and of x1's dtype; (C2) side is left or right. x1
    ascends and holds no NaN.
    Special values: NaN in x2 comes after all: the size of x1. -0 and +0 are equal.
    Source: Array API 2024.12 searchsorted; NumPy 2.4 for NaN.
    """
    demand_dims("x1", x1, 1)
    demand_one_dtype(x1=x1, x2=x2)
    if side not in ("left", "right"):
        raise ValueError(f"side must be left or right, not {side!r}")
    each = np.expand_dims(x2, -1)
    before = x1 < each if side == "left" else x1 <= each
    return np.sum(before | (each != each), axis=-1)
