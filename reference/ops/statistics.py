"""Order statistics: median, quantile."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.autodiff.rules.reductions import kept
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import FLOATING, REAL
from tensorcts.reference.registry import op


def _ordered(x: Any, axis: int | None, keepdims: bool) -> tuple[Any, int, tuple[int, ...]]:
    """The elements in ascending order along an axis, the axis, and the shape of a result."""
    shape = list(x.shape)
    if axis is None:
        x, axis, shape = np.reshape(x, (x.size,)), 0, [1] * x.ndim if keepdims else []
    else:
        require(-x.ndim <= axis < x.ndim, f"axis {axis} is out of range for {x.ndim} axes")
        shape[axis : axis + 1 or None] = [1] if keepdims else []
    require(x.shape[axis] > 0, f"an x of shape {x.shape} has no elements along axis {axis}")
    order = np.argsort(x, axis=axis, kind="stable")
    return np.take_along_axis(x, order, axis), axis, tuple(shape)


def _median_gradient(g: Any, z: Any, x: Any, *, axis: int | None, keepdims: bool) -> Any:
    ties = x == kept(z, x, axis, keepdims)
    share = kept(g, x, axis, keepdims) / np.sum(ties, axis=axis, keepdims=True)
    return np.where(ties, share, 0.0)


@op(dtypes=REAL)
@gradient(_median_gradient)
def median(x: Any, *, axis: int | None, keepdims: bool) -> Any:
    """The element in the middle of those along the axis in order, the lower one of two.

    Semantics: of n elements in ascending order that at ⌊(n - 1)/2⌋; with axis None of all of x.
    Constraints: (C1) the axis has size ≥ 1; (C2) it is in [-n, n) for an n-dimensional x.
    Special values: NaN if any element is NaN.
    Gradient: g to the element in the middle.
    Kinks: equal ones share it evenly.
    Source: PyTorch median; NumPy's own is the mean of the two.
    """
    ordered, place, shape = _ordered(x, axis, keepdims)
    middle = np.take(ordered, (ordered.shape[place] - 1) // 2, axis=place)
    last = np.take(ordered, -1, axis=place)  # NaN is sorted to the end
    return np.reshape(np.where(np.isnan(last), last, middle), shape)


@op(dtypes=FLOATING)
def quantile(x: Any, *, q: float, axis: int | None, keepdims: bool) -> Any:
    """The number below which the share q of the elements along the axis lies.

    Semantics: of n elements in ascending order that at the position q·(n - 1), between two of them
    by linear interpolation a + (b - a)·t; with axis None of all of x.
    Constraints: (C1) the axis has size ≥ 1; (C2) it is in [-n, n) for an n-dimensional x;
    (C3) 0 ≤ q ≤ 1.
    Special values: NaN if any element is NaN. What infinities give is not fixed.
    Gradient: g·(1 - t) and g·t to the two elements.
    Kinks: equal elements are in order as they are in x.
    Source: NumPy quantile, method linear; PyTorch quantile.
    """
    require(0 <= q <= 1, f"q must be in [0, 1], not {q}")
    ordered, place, shape = _ordered(x, axis, keepdims)
    position = q * (ordered.shape[place] - 1)
    below, above = (np.take(ordered, f(position), axis=place) for f in (math.floor, math.ceil))
    between = below + (above - below) * (position - math.floor(position))
    last = np.take(ordered, -1, axis=place)  # NaN is sorted to the end
    return np.reshape(np.where(np.isnan(last), np.nan, between), shape)
