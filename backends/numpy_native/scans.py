"""Scans along an axis; 16-bit floats accumulate in float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import narrow, through_float32
from tensorcts.reference import dtypes

Array = NDArray[Any]


def _accumulated(function: Callable[..., Any]) -> Callable[..., Array]:
    """A cumulative sum or product in the dtype asked for."""

    def accumulate(x: Array, *, axis: int, include_initial: bool, dtype: str) -> Array:
        target = dtypes.numpy_dtype(dtype)
        wide = np.dtype(np.float32) if narrow(x) else target
        totals = function(x.astype(wide), axis=axis, include_initial=include_initial)
        return np.asarray(totals).astype(target)

    return accumulate


def _running(ufunc: np.ufunc) -> Callable[..., tuple[Array, Array]]:
    """The extremes so far and the indices of the last elements that are them."""

    def run(x: Array, *, axis: int) -> tuple[Array, Array]:
        values = ufunc.accumulate(x, axis)
        places = np.arange(x.shape[axis]).reshape((-1,) + (1,) * (x.ndim - 1 - axis % x.ndim))
        records = np.where((x == values) | (x != x), places, 0)
        return values, np.maximum.accumulate(records, axis)

    return run


def _logcumsumexp(x: Array, *, axis: int) -> Array:
    return np.asarray(np.logaddexp.accumulate(x, axis))


OPS: dict[str, Callable[..., Any]] = {
    "cumulative_sum": _accumulated(np.cumulative_sum),
    "cumulative_prod": _accumulated(np.cumulative_prod),
    "cummax": _running(np.maximum),
    "cummin": _running(np.minimum),
    "logcumsumexp": through_float32(_logcumsumexp),
    "diff": through_float32(lambda x, *, axis, n: np.diff(x, n, axis)),
}
