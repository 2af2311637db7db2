"""Transposes, diagonals, traces and norms of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import narrow, through_float32
from tensorcts.reference import dtypes

Array = NDArray[Any]


def _trace(x: Array, *, offset: int, dtype: str) -> Array:
    target = dtypes.numpy_dtype(dtype)
    wide = np.dtype(np.float32) if narrow(x) else target
    return np.asarray(np.linalg.trace(x, offset=offset, dtype=wide)).astype(target)


OPS: dict[str, Callable[..., Any]] = {
    "matrix_transpose": np.matrix_transpose,
    "diagonal": lambda x, *, offset, axis1, axis2: np.diagonal(x, offset, axis1, axis2),
    "trace": _trace,
    "matrix_norm": through_float32(
        lambda x, *, keepdims: np.linalg.matrix_norm(x, keepdims=keepdims)
    ),
}
