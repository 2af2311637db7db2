"""Creation ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes

Array = NDArray[Any]


def _arange(*, start: float, stop: float, step: float, dtype: str) -> Array:
    count = max(int(np.ceil((stop - start) / step)), 0)
    if dtype in dtypes.INTEGER:
        return (start + np.arange(count) * step).astype(dtypes.numpy_dtype(dtype))
    return (start + np.arange(count, dtype=np.float64) * step).astype(dtypes.numpy_dtype(dtype))


OPS: dict[str, Callable[..., Any]] = {
    "zeros": lambda *, shape, dtype: np.zeros(shape, dtypes.numpy_dtype(dtype)),
    "ones": lambda *, shape, dtype: np.ones(shape, dtypes.numpy_dtype(dtype)),
    "full": lambda *, shape, value, dtype: np.full(shape, value, dtypes.numpy_dtype(dtype)),
    "eye": lambda *, rows, columns, k, dtype: np.eye(
        rows, columns, k, dtype=dtypes.numpy_dtype(dtype)
    ),
    "arange": _arange,
    "linspace": lambda *, start, stop, num, dtype: np.linspace(start, stop, num).astype(
        dtypes.numpy_dtype(dtype)
    ),
}
