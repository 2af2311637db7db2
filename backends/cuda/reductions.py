"""Reductions."""

from __future__ import annotations

import math
from typing import Any

import cupy
import cupyx.scipy.special
import numpy as np

from tensorcts.backends.cuda.adapting import BFLOAT16, Function, both, brain
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes


def _argmax(x: Any, *, axis: int | None, keepdims: bool) -> Any:
    x = x.astype(np.float32) if x.dtype == BFLOAT16 else x
    return cupy.argmax(x, axis=axis, keepdims=keepdims)


def _argmin(x: Any, *, axis: int | None, keepdims: bool) -> Any:
    x = x.astype(np.float32) if x.dtype == BFLOAT16 else x
    return cupy.argmin(x, axis=axis, keepdims=keepdims)


def _reduced(function: Function) -> Function:
    """A reduction whose dtype, where it takes one, comes as a name."""

    def reduce(x: Any, *, axis: Any, keepdims: bool, dtype: str | None = None) -> Any:
        if dtype is None:
            return function(x, axis=axis, keepdims=keepdims)
        return function(x, axis=axis, keepdims=keepdims, dtype=dtypes.numpy_dtype(dtype))

    return reduce


def _var(x: Any, *, axis: Any, correction: int, keepdims: bool) -> Any:
    if correction < 0:
        raise ValueError(f"correction must be ≥ 0, not {correction}")
    return cupy.var(x, axis=axis, ddof=correction, keepdims=keepdims)


def _std(x: Any, *, axis: Any, correction: int, keepdims: bool) -> Any:
    if correction < 0:
        raise ValueError(f"correction must be ≥ 0, not {correction}")
    return cupy.std(x, axis=axis, ddof=correction, keepdims=keepdims)


def _truth(function: Function) -> Function:
    """any or all, of bfloat16 by way of float32, where CuPy has no kernel."""

    def reduce(x: Any, *, axis: Any, keepdims: bool) -> Any:
        x = x.astype(np.float32) if x.dtype == BFLOAT16 else x
        return function(x, axis=axis, keepdims=keepdims)

    return reduce


def _axes(x: Any, axis: Any) -> tuple[int, ...]:
    """The axes counted from the front; CuPy's own error for wrong ones."""
    cupy.empty(x.shape, bool).any(axis=axis)
    given = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    return tuple(a % x.ndim for a in given)


def _count_nonzero(x: Any, *, axis: Any, keepdims: bool) -> Any:
    axes = _axes(x, axis)
    x = x.astype(np.float32) if x.dtype == BFLOAT16 else x
    count = cupy.count_nonzero(x, axis=axes) if axes else cupy.count_nonzero(x)
    return cupy.expand_dims(count, axes) if keepdims else count


def _vector_norm(x: Any, *, axis: Any, ord: float, keepdims: bool) -> Any:
    """CuPy's norm of vectors goes along one axis, so several are made one first."""
    axes = _axes(x, axis)
    kept = [a for a in range(x.ndim) if a not in axes]
    sizes = *(x.shape[a] for a in kept), math.prod(x.shape[a] for a in axes)
    norm = cupy.linalg.norm(cupy.transpose(x, (*kept, *axes)).reshape(sizes), ord, -1)
    return cupy.expand_dims(norm, axes) if keepdims else norm


def _of_some(function: Function) -> Function:
    """A reduction without an identity, which CuPy refuses along empty axes."""

    def reduce(x: Any, *, axis: Any, keepdims: bool) -> Any:
        if any(x.shape[a] == 0 for a in _axes(x, axis)):
            raise UnsupportedError(f"CuPy's {function.__name__} takes no empty axes")
        return function(x, axis=axis, keepdims=keepdims)

    return reduce


def _logsumexp(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """cupyx's takes an axis at least: a number goes as the one element of a vector."""
    if x.ndim:
        return cupyx.scipy.special.logsumexp(x, axis=axis, keepdims=keepdims)
    return cupyx.scipy.special.logsumexp(x.reshape(1), axis=0, keepdims=True).reshape(())


OPS: dict[str, Function] = {
    "sum": _reduced(cupy.sum),
    "mean": _reduced(cupy.mean),
    "max": _reduced(cupy.amax),
    "min": _reduced(cupy.amin),
    "argmax": _argmax,
    "argmin": _argmin,
    "var": brain(_var),
    "prod": _reduced(cupy.prod),
    "std": both(_std),
    "any": _truth(cupy.any),
    "all": _truth(cupy.all),
    "count_nonzero": _count_nonzero,
    "nansum": both(_reduced(cupy.nansum)),
    "nanmean": both(_of_some(cupy.nanmean)),
    "nanmax": both(_reduced(cupy.nanmax)),
    "nanmin": both(_reduced(cupy.nanmin)),
    "logsumexp": both(_of_some(_logsumexp)),
    "vector_norm": both(_vector_norm),
}
