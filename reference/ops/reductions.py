"""Reductions: sums, extremes and their positions, variances, products, truth and counts.

``axis`` is an axis, a tuple of axes, or None for all of them; ``keepdims`` keeps them with size 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import convert
from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.autodiff.rules.reductions import kept
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import ALL, COMPLEX, FLOATING, NUMERIC, REAL
from tensorcts.reference.registry import op

Axis = int | tuple[int, ...] | None


@op(dtypes=ALL, result="dtype")
def sum(x: Any, *, axis: Axis, keepdims: bool, dtype: str) -> Any:
    """The sum of the elements along the axes, in the dtype given.

    Semantics: summed in any order; 16-bit floats accumulate in float32 or wider, so that
    60000 + 60000 - 60000 is 60000 in float16; integers wrap modulo 2**n in the result's dtype; of
    bools the number of True.
    Constraints: (C1) dtype is x's own for floating and complex x, an integer dtype for others;
    (C2) every axis is in [-n, n) for an n-dimensional x, none is named twice.
    Special values: the sum of nothing is 0. inf - inf is NaN.
    Gradient: g, repeated along the axes.
    Source: Array API 2024.12 sum.
    """
    return convert(np.sum(x, axis=axis, keepdims=keepdims), dtype=dtype)


@op(dtypes=FLOATING + COMPLEX)
def mean(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """The arithmetic mean of the elements along the axes.

    Semantics: the sum over the number of elements; 16-bit floats accumulate in float32 or wider.
    Constraints: (C1) every axis is in [-n, n) for an n-dimensional x, none is named twice.
    Special values: the mean of nothing is NaN.
    Gradient: g/n, repeated along the axes.
    Source: Array API 2024.12 mean.
    """
    return np.mean(x, axis=axis, keepdims=keepdims)


@op(dtypes=REAL, also_known_as=("amax",))
def max(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """The largest element along the axes.

    Constraints: (C1) no axis has size 0; (C2) every axis is in [-n, n) for an n-dimensional x,
    none is named twice.
    Special values: NaN if any element is NaN, wherever it stands.
    Gradient: g to the largest element.
    Kinks: equal ones share it evenly.
    Source: Array API 2024.12 max.
    """
    return np.max(x, axis=axis, keepdims=keepdims)


@op(dtypes=REAL, also_known_as=("amin",))
def min(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """The smallest element along the axes.

    Constraints: (C1) no axis has size 0; (C2) every axis is in [-n, n) for an n-dimensional x,
    none is named twice.
    Special values: NaN if any element is NaN, wherever it stands.
    Gradient: g to the smallest element.
    Kinks: equal ones share it evenly.
    Source: Array API 2024.12 min.
    """
    return np.min(x, axis=axis, keepdims=keepdims)


@op(dtypes=REAL, result="index", differentiable=False)
def argmax(x: Any, *, axis: int | None, keepdims: bool) -> Any:
    """The index of the largest element along an axis, the first of equal ones.

    Constraints: (C1) the axis has size ≥ 1; with axis None the index is into the flattened x;
    (C2) the axis is in [-n, n) for an n-dimensional x.
    Special values: the first NaN if there is one.
    Source: Array API 2024.12 argmax; NumPy for NaN.
    """
    return np.argmax(x, axis=axis, keepdims=keepdims)


@op(dtypes=REAL, result="index", differentiable=False)
def argmin(x: Any, *, axis: int | None, keepdims: bool) -> Any:
    """The index of the smallest element along an axis, the first of equal ones.

    Constraints: (C1) the axis has size ≥ 1; with axis None the index is into the flattened x;
    (C2) the axis is in [-n, n) for an n-dimensional x.
    Special values: the first NaN if there is one.
    Source: Array API 2024.12 argmin; NumPy for NaN.
    """
    return np.argmin(x, axis=axis, keepdims=keepdims)


def _var_gradient(g: Any, z: Any, x: Any, *, axis: Axis, correction: int, keepdims: bool) -> Any:
    deviation = x - np.mean(x, axis=axis, keepdims=True)
    free = x.size // np.size(z) - correction if np.size(z) else 0
    return 2 * kept(g, x, axis, keepdims) * deviation / free if free > 0 else deviation * np.nan


def _std_gradient(g: Any, z: Any, x: Any, *, axis: Axis, correction: int, keepdims: bool) -> Any:
    root = kept(z, x, axis, keepdims)
    halved = kept(g, x, axis, keepdims) / (2 * np.where(root == 0, 1.0, root))
    return _var_gradient(halved, z, x, axis=axis, correction=correction, keepdims=True)


@op(dtypes=FLOATING, also_known_as=("variance",))
@gradient(_var_gradient)
def var(x: Any, *, axis: Axis, correction: int, keepdims: bool) -> Any:
    """The variance Σ(x - mean)²/(n - correction) of the elements along the axes.

    Semantics: the deviations are taken from the mean, not from E[x²] - E[x]², which cancels.
    Constraints: (C1) correction ≥ 0; (C2) every axis is in [-n, n), none is named twice.
    Special values: NaN where n ≤ correction. Never negative.
    Gradient: 2·g·(x - mean)/(n - correction).
    Source: Array API 2024.12 var.
    """
    require(correction >= 0, f"correction must be ≥ 0, not {correction}")
    deviation = x - np.mean(x, axis=axis, keepdims=True)
    total = np.sum(deviation * deviation, axis=axis, keepdims=keepdims)
    count = x.size // total.size if total.size else 0
    return total / (count - correction) if count > correction else total * np.nan


@op(dtypes=FLOATING)
@gradient(_std_gradient)
def std(x: Any, *, axis: Axis, correction: int, keepdims: bool) -> Any:
    """The standard deviation √(Σ(x - mean)²/(n - correction)) of the elements along the axes.

    Semantics: the root of var.
    Constraints: (C1) correction ≥ 0; (C2) every axis is in [-n, n), none is named twice.
    Special values: NaN where n ≤ correction. Never negative.
    Gradient: g·(x - mean)/((n - correction)·std).
    Kinks: 0 where std is 0.
    Source: Array API 2024.12 std.
    """
    return np.sqrt(var(x, axis=axis, correction=correction, keepdims=keepdims))


@op(dtypes=NUMERIC, result="dtype")
def prod(x: Any, *, axis: Axis, keepdims: bool, dtype: str) -> Any:
    """The product of the elements along the axes, in the dtype given.

    Semantics: multiplied in any order; integers wrap modulo 2**n in the result's dtype.
    Constraints: (C1) dtype is x's own for floating and complex x, an integer dtype for others;
    (C2) every axis is in [-n, n) for an n-dimensional x, none is named twice.
    Special values: the product of nothing is 1. 0 · inf is NaN.
    Gradient: g times the product of the other elements, zeros among them included.
    Source: Array API 2024.12 prod.
    """
    return convert(np.prod(x, axis=axis, keepdims=keepdims), dtype=dtype)


@op(dtypes=ALL, result="bool", differentiable=False)
def any(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """Whether any element along the axes is not zero.

    Constraints: (C1) every axis is in [-n, n) for an n-dimensional x, none is named twice.
    Special values: of nothing, False. NaN is not zero; -0 is.
    Source: Array API 2024.12 any.
    """
    return np.any(x, axis=axis, keepdims=keepdims)


@op(dtypes=ALL, result="bool", differentiable=False)
def all(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """Whether no element along the axes is zero.

    Constraints: (C1) every axis is in [-n, n) for an n-dimensional x, none is named twice.
    Special values: of nothing, True. NaN is not zero; -0 is.
    Source: Array API 2024.12 all.
    """
    return np.all(x, axis=axis, keepdims=keepdims)


@op(dtypes=ALL, result="index", differentiable=False)
def count_nonzero(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """How many elements along the axes are not zero.

    Constraints: (C1) every axis is in [-n, n) for an n-dimensional x, none is named twice.
    Special values: of nothing, 0. NaN is not zero; -0 is.
    Source: Array API 2024.12 count_nonzero.
    """
    return np.sum(np.not_equal(x, 0), axis=axis, keepdims=keepdims)
