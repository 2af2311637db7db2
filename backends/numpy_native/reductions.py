"""Reductions; 16-bit floats accumulate in float32."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import narrow, through_float32
from tensorcts.reference import dtypes

Array = NDArray[Any]


def _reduced(ufunc: np.ufunc) -> Callable[..., Array]:
    """A reduction in the dtype asked for; 16-bit floats accumulate in float32."""

    def reduce(x: Array, *, axis: Any, keepdims: bool, dtype: str) -> Array:
        target = dtypes.numpy_dtype(dtype)
        wide = np.dtype(np.float32) if narrow(x) else target
        return np.asarray(ufunc.reduce(x, axis, wide, keepdims=keepdims)).astype(target)

    return reduce


def _var(x: Array, *, axis: Any, correction: int, keepdims: bool) -> Array:
    if correction < 0:
        raise ValueError(f"correction must be ≥ 0, not {correction}")
    count = x.size // max(np.size(np.sum(x, axis=axis)), 1)
    if count <= correction:
        return np.full_like(np.sum(x, axis=axis, keepdims=keepdims), np.nan)
    return np.asarray(np.var(x, axis=axis, ddof=correction, keepdims=keepdims))


def _std(x: Array, *, axis: Any, correction: int, keepdims: bool) -> Array:
    return np.sqrt(_var(x, axis=axis, correction=correction, keepdims=keepdims))


def _logsumexp(x: Array, *, axis: Any, keepdims: bool) -> Array:
    return np.asarray(scipy.special.logsumexp(x, axis=axis, keepdims=keepdims))


def _passing_nan(function: Callable[..., Any]) -> Callable[..., Array]:
    """A reduction over what is not NaN, in silence where nothing is left."""

    def reduce(x: Array, *, axis: Any, keepdims: bool) -> Array:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return np.asarray(function(x, axis=axis, keepdims=keepdims))

    return through_float32(reduce)


def _vector_norm(x: Array, *, axis: Any, ord: float, keepdims: bool) -> Array:
    return np.asarray(np.linalg.vector_norm(x, axis=axis, ord=ord, keepdims=keepdims))


OPS: dict[str, Callable[..., Any]] = {
    "sum": _reduced(np.add),
    "mean": through_float32(lambda x, *, axis, keepdims: np.mean(x, axis=axis, keepdims=keepdims)),
    "max": lambda x, *, axis, keepdims: np.max(x, axis=axis, keepdims=keepdims),
    "min": lambda x, *, axis, keepdims: np.min(x, axis=axis, keepdims=keepdims),
    "argmax": lambda x, *, axis, keepdims: np.argmax(x, axis=axis, keepdims=keepdims),
    "argmin": lambda x, *, axis, keepdims: np.argmin(x, axis=axis, keepdims=keepdims),
    "var": through_float32(_var),
    "prod": _reduced(np.multiply),
    "std": through_float32(_std),
    "any": lambda x, *, axis, keepdims: np.any(x, axis=axis, keepdims=keepdims),
    "all": lambda x, *, axis, keepdims: np.all(x, axis=axis, keepdims=keepdims),
    "count_nonzero": lambda x, *, axis, keepdims: np.count_nonzero(x, axis=axis, keepdims=keepdims),
    "nansum": _passing_nan(np.nansum),
    "nanmean": _passing_nan(np.nanmean),
    "nanmax": _passing_nan(np.nanmax),
    "nanmin": _passing_nan(np.nanmin),
    "logsumexp": through_float32(_logsumexp),
    "vector_norm": through_float32(_vector_norm),
}
