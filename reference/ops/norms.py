"""Norms along axes: vector_norm, logsumexp."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import stop_gradient
from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.autodiff.rules.reductions import kept
from tensorcts.reference.dtypes import COMPLEX, FLOATING
from tensorcts.reference.registry import Real, op

Axis = int | tuple[int, ...] | None


@op(dtypes=FLOATING)
def logsumexp(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """log Σ exp(x) along the axes.

    Semantics: the largest element, where it is finite, is subtracted first and added at the end.
    Constraints: (C1) every axis is in [-n, n) for an n-dimensional x, none is named twice.
    Special values: of nothing and of nothing but -inf, -inf; inf if any element is inf; NaN if any
    is NaN.
    Gradient: g·softmax(x), which is NaN where all elements are -inf.
    Source: PyTorch logsumexp; SciPy special.logsumexp.
    """
    highest = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    shift = stop_gradient(np.where(np.isfinite(highest), highest, 0.0))
    total = np.sum(np.exp(x - shift), axis=axis, keepdims=keepdims)
    return np.log(total) + (shift if keepdims else np.squeeze(shift, axis=axis))


def _scale(size: Any, axis: Axis, ord: Any) -> Any:
    """What the sizes are divided by so that no power overflows: the one that dominates."""
    if ord > 0:
        dominating = np.max(size, axis=axis, keepdims=True, initial=0.0)
    else:
        dominating = np.min(size, axis=axis, keepdims=True, initial=np.inf)
    usable = np.isfinite(dominating) & (dominating > 0)
    return np.where(usable, dominating, 1.0)


def _norm_gradient(g: Any, z: Any, x: Any, *, axis: Axis, ord: Any, keepdims: bool) -> Any:
    g, z, sign = kept(g, x, axis, keepdims), kept(z, x, axis, keepdims), np.conjugate(np.sign(x))
    if ord == 0:
        return np.zeros_like(x)
    if np.isinf(ord):
        ties = np.abs(x) == z
        return np.where(ties, g / np.sum(ties, axis=axis, keepdims=True) * sign, 0.0)
    ratio = np.abs(x) / np.where(z == 0, 1.0, z)
    if ord == 2:
        return g * sign * ratio
    powers = np.power(np.where(ratio == 0, 1.0, ratio), ord - 1)
    return np.where(ratio == 0, 0.0, g * sign * powers)


@op(dtypes=FLOATING + COMPLEX, result="real", also_known_as=("norm",))
@gradient(_norm_gradient)
def vector_norm(x: Any, *, axis: Axis, ord: Real, keepdims: bool) -> Any:
    """The norm (Σ |x|**ord)**(1/ord) of the elements along the axes.

    Semantics: for ord 0 the number of nonzero elements, for inf the largest |x|, for -inf the
    smallest. The sizes are divided by the one that dominates first, so that [1e30, 1e30] has a
    finite norm in float32; a power that over- or underflows on the way is not tried.
    Constraints: (C1) every axis is in [-n, n) for an n-dimensional x, none is named twice.
    Special values: of nothing, 0, for ord < 0 inf. NaN if any element is NaN, but for ord 0.
    Gradient: g·sign(x)·(|x|/norm)**(ord - 1); for ±inf g·sign(x) at the extreme element, for 0
    none.
    Kinks: 0 where x is 0; for ±inf equal extreme elements share g evenly.
    Source: Array API 2024.12 linalg.vector_norm.
    """
    size = np.abs(x)
    if np.isinf(ord):
        extreme, of_nothing = (np.max, 0.0) if ord > 0 else (np.min, np.inf)
        return extreme(size, axis=axis, keepdims=keepdims, initial=of_nothing)
    if ord == 0:
        return np.sum(np.where(size == 0, 0.0, 1.0), axis=axis, keepdims=keepdims)
    scale = _scale(size, axis, ord)
    parts = size / scale
    powers = parts if ord == 1 else parts * parts if ord == 2 else np.power(parts, ord)
    total = np.sum(powers, axis=axis, keepdims=keepdims)
    root = total if ord == 1 else np.sqrt(total) if ord == 2 else np.power(total, 1 / ord)
    return root * (scale if keepdims else np.squeeze(scale, axis=axis))
