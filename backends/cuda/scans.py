"""Scans along an axis; 16-bit floats are summed in float32, where CuPy itself would stay in 16."""

from __future__ import annotations

from typing import Any

import cupy

from tensorcts.backends.cuda.adapting import Function, both
from tensorcts.backends.cuda.scan_kernels import scan
from tensorcts.reference import dtypes


def _accumulated(function: Function, initial: int) -> Function:
    """A cumulative sum or product; CuPy's own begins with the first element."""

    def accumulate(x: Any, *, axis: int, include_initial: bool, dtype: str) -> Any:
        wide = x.dtype if dtypes.is_inexact(dtype) else dtypes.numpy_dtype(dtype)
        scan = function(x, axis=axis, dtype=wide)
        if not include_initial:
            return scan
        shape = [1 if n == axis % x.ndim else size for n, size in enumerate(x.shape)]
        return cupy.concatenate([cupy.full(shape, initial, wide), scan], axis)

    return both(accumulate)


OPS: dict[str, Function] = {
    "cumulative_sum": _accumulated(cupy.cumsum, 0),
    "cumulative_prod": _accumulated(cupy.cumprod, 1),
    "cummax": lambda x, *, axis: scan("cummax", x, axis, indexed=True),
    "cummin": lambda x, *, axis: scan("cummin", x, axis, indexed=True),
    "logcumsumexp": lambda x, *, axis: scan("logcumsumexp", x, axis, indexed=False)[0],
    "diff": both(lambda x, *, axis, n: cupy.diff(x, n, axis)),
}
