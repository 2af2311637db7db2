"""Counting: distinct elements, integers by their values, numbers by bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import scatter_sum, select
from tensorcts.reference.dtypes import BOOL, INTEGER, REAL
from tensorcts.reference.indices import demand_dims
from tensorcts.reference.registry import DEFINED, AnyWith, Choice, Real, op


def _runs(x: Any) -> tuple[Any, Any, Any]:
    """The elements in ascending order, where they came from, and where a run of equals begins."""
    flat = np.reshape(x, (x.size,))
    order = np.argsort(flat, kind="stable")
    ordered = np.take(flat, order, axis=0)
    begins = np.concatenate([np.ones(min(x.size, 1), bool), ordered[1:] != ordered[:-1]])
    return ordered, order, begins


def _equal(x: Any, y: Any) -> Any:
    return (x == y) | ((x != x) & (y != y))


def _in_any_order(results: Any, truths: Any, x: Any) -> tuple[Any, ...]:
    """Each value with its count, if that is asked for, sorted, and compared where it was found."""
    order = np.argsort(results[0], kind="stable")
    right = np.empty(order.shape, bool)
    right[order] = np.all([_equal(r[order], t) for r, t in zip(results, truths, strict=True)], 0)
    return (right,) * len(results)


def _inverse_in_any_order(results: Any, truths: Any, x: Any) -> tuple[Any, ...]:
    """The values in any order, each element's place leading to an equal one, NaN to its own."""
    values, places = results
    (right,) = _in_any_order((values,), (truths[0],), x)
    inside = (places >= 0) & (places < values.size)
    picked = values[np.where(inside, places, 0)] if values.size else x
    times = np.bincount(places[inside], minlength=values.size)[np.where(inside, places, 0)]
    return right, inside & _equal(picked, x) & ((x == x) | (times == 1))


def _nan_in_any_order(results: Any, truths: Any, x: Any) -> tuple[Any, ...]:
    """As above, of NaN only: which of several comes first shows nowhere else."""
    values, places = _inverse_in_any_order(results, truths, x)
    return np.zeros(values.shape, bool), places & (x != x)


def _unordered(right: Any, ascending: Any = DEFINED) -> Choice:
    return Choice(
        "unique_order",
        "the order of distinct values",
        lambda x: True,
        {"ascending": ascending, "any": AnyWith(right)},
    )


@op(
    dtypes=REAL + BOOL,
    differentiable=False,
    also_known_as=("unique",),
    choices=(_unordered(_in_any_order),),
)
def unique_values(x: Any) -> Any:
    """The distinct elements of x, as a 1-d array.

    Semantics: in ascending order, or in any that the backend likes (unique_order).
    Special values: each NaN is distinct from all others; -0 and +0 are one, which is either.
    Source: Array API 2024.12 unique_values.
    """
    ordered, _, begins = _runs(x)
    return select(ordered, begins)


@op(
    dtypes=REAL + BOOL,
    result=("same", "index"),
    differentiable=False,
    choices=(_unordered(_in_any_order),),
)
def unique_counts(x: Any) -> Any:
    """The distinct elements of x, as a 1-d array, and how often each stands in x.

    Semantics: in ascending order, or in any that the backend likes (unique_order).
    Special values: each NaN is distinct from all others; -0 and +0 are one, which is either.
    Source: Array API 2024.12 unique_counts.
    """
    ordered, _, begins = _runs(x)
    ends = np.append(np.flatnonzero(begins)[1:], x.size)
    return select(ordered, begins), (ends - np.flatnonzero(begins))[: x.size]


@op(
    dtypes=REAL + BOOL,
    result=("same", "index"),
    differentiable=False,
    choices=(_unordered(_inverse_in_any_order, AnyWith(_nan_in_any_order)),),
)
def unique_inverse(x: Any) -> Any:
    """The distinct elements of x, as a 1-d array, and for each element of x its place there.

    Semantics: in ascending order, or in any that the backend likes (unique_order).
    Special values: each NaN is distinct from all others, in any order among themselves; -0 and +0
    are one, which is either.
    Source: Array API 2024.12 unique_inverse.
    """
    ordered, order, begins = _runs(x)
    places = np.take_along_axis(np.cumsum(begins) - 1, np.argsort(order), 0)
    return select(ordered, begins), np.reshape(places, x.shape)


@op(dtypes=INTEGER, result="index", differentiable=False)
def bincount(x: Any, *, minlength: int) -> Any:
    """How often each of the numbers 0, 1, 2, … stands in a 1-d array.

    Semantics: as many counts as the largest number needs, at least minlength.
    Constraints: (C1) x is 1-d; (C2) its elements are ≥ 0; (C3) minlength is ≥ 0.
    Source: NumPy 2.4 bincount; PyTorch bincount.
    """
    demand_dims("x", x, 1)
    if np.any(x < 0):
        raise ValueError(f"x must not be negative, but holds {np.min(x)}")
    if minlength < 0:
        raise ValueError(f"minlength must be ≥ 0, not {minlength}")
    length = int(np.max(x)) + 1 if x.size else 0
    counts = np.zeros(max(length, minlength), np.int64)
    return scatter_sum(counts, x, np.ones(x.shape, np.int64), axis=0)


@op(dtypes=REAL, result="index", differentiable=False, also_known_as=("histc",))
def histogram(x: Any, *, bins: int, low: Real, high: Real) -> Any:
    """How many elements of x fall into each of several bins of equal width between low and high.

    Semantics: the edges are low + i·(high - low)/bins; a bin holds its lower edge, the last one its
    upper edge too. The edges are numbers of x's dtype, else rounding decides on elements there.
    Constraints: (C1) bins is ≥ 1; (C2) low < high.
    Special values: elements outside of [low, high], infinities and NaN are not counted.
    Source: NumPy 2.4 histogram; PyTorch histc.
    """
    if bins < 1:
        raise ValueError(f"bins must be ≥ 1, not {bins}")
    if not low < high:
        raise ValueError(f"low must be less than high, not {low} and {high}")
    edges = low + np.arange(bins + 1) * ((high - low) / bins)
    each = np.reshape(x, (x.size, 1))
    last = np.arange(bins) == bins - 1
    inside = (edges[:-1] <= each) & ((each < edges[1:]) | (last & (each == edges[1:])))
    return np.sum(inside, axis=0)
