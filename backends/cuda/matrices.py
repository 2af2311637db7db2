"""Transposes, diagonals, traces and norms of matrices."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import Function, both
from tensorcts.reference import dtypes


def _matrix_transpose(x: Any) -> Any:
    if x.ndim < 2:
        raise ValueError(f"x must have two axes or more, not the shape {x.shape}")
    return cupy.swapaxes(x, -1, -2)


def _diagonal(x: Any, *, offset: int, axis1: int, axis2: int) -> Any:
    return cupy.diagonal(x, offset, axis1, axis2)


def _trace(x: Any, *, offset: int, dtype: str) -> Any:
    """16-bit floats accumulate in float32."""
    target = dtypes.numpy_dtype(dtype)
    narrow = dtype in ("float16", "bfloat16")
    found = cupy.trace(
        x.astype(np.float32) if narrow else x,
        offset,
        axis1=-2,
        axis2=-1,
        dtype=np.dtype(np.float32) if narrow else target,
    )
    return found.astype(target)


def _matrix_norm(x: Any, *, keepdims: bool) -> Any:
    return cupy.linalg.norm(x, "fro", axis=(-2, -1), keepdims=keepdims)


OPS: dict[str, Function] = {
    "matrix_transpose": _matrix_transpose,
    "diagonal": _diagonal,
    "trace": _trace,
    "matrix_norm": both(_matrix_norm),
}
