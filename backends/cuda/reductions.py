"""Reductions."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import BFLOAT16, Function, brain
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
    return cupy.var(x, axis=axis, ddof=correction, keepdims=keepdims)


OPS: dict[str, Function] = {
    "sum": _reduced(cupy.sum),
    "mean": _reduced(cupy.mean),
    "max": _reduced(cupy.amax),
    "min": _reduced(cupy.amin),
    "argmax": _argmax,
    "argmin": _argmin,
    "var": brain(_var),
    "prod": _reduced(cupy.prod),
    "any": _reduced(cupy.any),
    "all": _reduced(cupy.all),
}
