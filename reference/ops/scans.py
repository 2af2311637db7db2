"""Scans along an axis: cumulative sums, products and extremes, logcumsumexp; differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import convert
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import FLOATING, NUMERIC, REAL
from tensorcts.reference.registry import DEFINED, Choice, Instead, op


def _require_axis(x: Any, axis: int) -> None:
    require(-x.ndim <= axis < x.ndim, f"axis {axis} is out of range for {x.ndim} axes")


def _rows(x: Any, axis: int) -> list[Any]:
    """The slices of x along the axis, one after the other."""
    lead = (slice(None),) * (axis % x.ndim)
    return [x[(*lead, i)] for i in range(x.shape[axis])]


def _after(initial: float, totals: Any, axis: int) -> Any:
    """The totals with the value of none of the elements before them."""
    shape = list(totals.shape)
    shape[axis] = 1
    return np.concatenate([np.zeros_like(totals, shape=shape) + initial, totals], axis=axis)


@op(dtypes=NUMERIC, result="dtype", also_known_as=("cumsum",))
def cumulative_sum(x: Any, *, axis: int, include_initial: bool, dtype: str) -> Any:
    """The sums of the first 1, 2, … n elements along the axis, in the dtype given.

    Semantics: summed in any order; 16-bit floats accumulate in float32 or wider; integers wrap
    modulo 2**n in the result's dtype. With include_initial the sum of none, 0, comes first.
    Constraints: (C1) axis is in [-n, n) for an n-dimensional x; (C2) dtype is x's own for floating
    and complex x, an integer dtype for others.
    Special values: NaN and what comes after it is NaN; inf - inf is NaN.
    Gradient: the sum of g from each element on.
    Source: Array API 2024.12 cumulative_sum.
    """
    _require_axis(x, axis)
    totals = np.cumsum(x, axis=axis)
    return convert(_after(0, totals, axis) if include_initial else totals, dtype=dtype)


@op(dtypes=NUMERIC, result="dtype", also_known_as=("cumprod",))
def cumulative_prod(x: Any, *, axis: int, include_initial: bool, dtype: str) -> Any:
    """The products of the first 1, 2, … n elements along the axis, in the dtype given.

    Semantics: multiplied in any order; 16-bit floats accumulate in float32 or wider; integers wrap
    modulo 2**n in the result's dtype. With include_initial the product of none, 1, comes first.
    Constraints: (C1) axis is in [-n, n) for an n-dimensional x; (C2) dtype is x's own for floating
    and complex x, an integer dtype for others.
    Special values: NaN and what comes after it is NaN; 0 · inf is NaN.
    Gradient: the sum of g times the product of the other elements, zeros among them included.
    Source: Array API 2024.12 cumulative_prod.
    """
    _require_axis(x, axis)
    totals = np.cumprod(x, axis=axis)
    return convert(_after(1, totals, axis) if include_initial else totals, dtype=dtype)


def _running(x: Any, axis: int, wins: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """The elements that are the best so far, and their indices; ``wins(new, best)`` replaces."""
    _require_axis(x, axis)
    rows = _rows(x, axis)
    if not rows:
        return x, np.zeros(x.shape, np.int64)
    best, places = rows[0], [np.zeros(np.shape(rows[0]), np.int64)]
    for i, row in enumerate(rows[1:], start=1):
        better = wins(row, best) | (np.isnan(row) & ~np.isnan(best))
        best = np.where(better, row, best)
        places.append(np.where(better, i, places[-1]))
    index = np.stack(places, axis=axis)
    return np.take_along_axis(x, index, axis), index


def _choice(first: Callable[[Any, Any], Any]) -> tuple[Choice, ...]:
    return (
        Choice(
            "running_extreme_tie",
            "the index of equal elements in cummax and cummin: the last one's or the first one's",
            lambda x, *, axis: np.True_,
            {"last": DEFINED, "first": Instead(lambda x, *, axis: _running(x, axis, first))},
        ),
    )


@op(dtypes=REAL, result=("same", "index"), choices=_choice(lambda new, best: new > best))
def cummax(x: Any, *, axis: int) -> Any:
    """The largest of the first 1, 2, … n elements along the axis, and its index.

    Constraints: (C1) axis is in [-n, n) for an n-dimensional x.
    Special values: of equal elements the last one's index, or the first one's where the backend
    declares so (running_extreme_tie); NaN from the first NaN on, equal to other NaNs.
    Gradient: g to the elements at the indices.
    Kinks: of equal elements to the one whose index is given.
    Source: PyTorch cummax.
    """
    return _running(x, axis, lambda new, best: (new >= best) | np.isnan(new))


@op(dtypes=REAL, result=("same", "index"), choices=_choice(lambda new, best: new < best))
def cummin(x: Any, *, axis: int) -> Any:
    """The smallest of the first 1, 2, … n elements along the axis, and its index.

    Constraints: (C1) axis is in [-n, n) for an n-dimensional x.
    Special values: of equal elements the last one's index, or the first one's where the backend
    declares so (running_extreme_tie); NaN from the first NaN on, equal to other NaNs.
    Gradient: g to the elements at the indices.
    Kinks: of equal elements to the one whose index is given.
    Source: PyTorch cummin.
    """
    return _running(x, axis, lambda new, best: (new <= best) | np.isnan(new))


def _log_of_sum(a: Any, b: Any) -> Any:
    """log(eᵃ + eᵇ), without overflow."""
    gap = np.where(a == b, 0.0, a - b)
    return np.maximum(a, b) + np.log1p(np.exp(-np.abs(gap)))


@op(dtypes=FLOATING)
def logcumsumexp(x: Any, *, axis: int) -> Any:
    """log Σ exp(x) of the first 1, 2, … n elements along the axis.

    Semantics: one element after the other by log(eᵃ + eᵇ) = max(a, b) + log1p(exp(-|a - b|)).
    Constraints: (C1) axis is in [-n, n) for an n-dimensional x.
    Special values: -inf of nothing but -inf; inf from the first inf on; NaN from the first NaN on.
    Gradient: Σ g·exp(x - result), of the results from each element on.
    Source: PyTorch logcumsumexp.
    """
    _require_axis(x, axis)
    totals = _rows(x, axis)
    for i in range(1, len(totals)):
        totals[i] = _log_of_sum(totals[i - 1], totals[i])
    return np.stack(totals, axis=axis) if totals else x


@op(dtypes=NUMERIC)
def diff(x: Any, *, axis: int, n: int) -> Any:
    """The n-th differences along the axis: each element minus the one before it, n times.

    Semantics: integers wrap modulo 2**n; the size along the axis shrinks by n, down to 0.
    Constraints: (C1) axis is in [-n, n) for an n-dimensional x; (C2) n ≥ 1.
    Special values: inf - inf is NaN.
    Gradient: the n-th differences of g with zeros around it, for odd n negative.
    Source: Array API 2024.12 diff.
    """
    _require_axis(x, axis)
    require(n >= 1, f"n must be ≥ 1, not {n}")
    lead = (slice(None),) * (axis % x.ndim)
    for _ in range(n):
        x = x[(*lead, slice(1, None))] - x[(*lead, slice(None, -1))]
    return x
