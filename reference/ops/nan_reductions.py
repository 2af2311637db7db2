"""Reductions that pass over NaN: nansum, nanmean, nanmax, nanmin."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import op

Axis = int | tuple[int, ...] | None


@op(dtypes=FLOATING)
def nansum(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """The sum of the elements along the axes that are not NaN.

    Semantics: 16-bit floats accumulate in float32 or wider.
    Constraints: (C1) every axis is in [-n, n) for an n-dimensional x, none is named twice.
    Special values: of nothing but NaN, 0. inf - inf is NaN.
    Gradient: g where x is not NaN, else 0.
    Source: NumPy nansum; PyTorch nansum.
    """
    return np.sum(np.where(np.isnan(x), 0.0, x), axis=axis, keepdims=keepdims)


@op(dtypes=FLOATING)
def nanmean(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """The arithmetic mean of the elements along the axes that are not NaN.

    Semantics: 16-bit floats accumulate in float32 or wider.
    Constraints: (C1) every axis is in [-n, n) for an n-dimensional x, none is named twice.
    Special values: of nothing but NaN, NaN. inf - inf is NaN.
    Gradient: g over their number where x is not NaN, else 0.
    Source: NumPy nanmean; PyTorch nanmean.
    """
    count = np.sum(np.where(np.isnan(x), 0, 1), axis=axis, keepdims=keepdims)
    return nansum(x, axis=axis, keepdims=keepdims) / count


@op(dtypes=FLOATING)
def nanmax(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """The largest element along the axes that is not NaN.

    Constraints: (C1) no axis has size 0; (C2) every axis is in [-n, n) for an n-dimensional x,
    none is named twice.
    Special values: of nothing but NaN, NaN.
    Gradient: g to the largest element.
    Kinks: equal ones share it evenly.
    Source: NumPy nanmax.
    """
    alone = np.all(np.isnan(x), axis=axis, keepdims=keepdims)
    highest = np.max(np.where(np.isnan(x), -np.inf, x), axis=axis, keepdims=keepdims)
    return np.where(alone, np.nan, highest)


@op(dtypes=FLOATING)
def nanmin(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    """The smallest element along the axes that is not NaN.

    Constraints: (C1) no axis has size 0; (C2) every axis is in [-n, n) for an n-dimensional x,
    none is named twice.
    Special values: of nothing but NaN, NaN.
    Gradient: g to the smallest element.
    Kinks: equal ones share it evenly.
    Source: NumPy nanmin.
    """
    alone = np.all(np.isnan(x), axis=axis, keepdims=keepdims)
    lowest = np.min(np.where(np.isnan(x), np.inf, x), axis=axis, keepdims=keepdims)
    return np.where(alone, np.nan, lowest)
