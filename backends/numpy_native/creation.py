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
    if dtype not in dtypes.INTEGER:
        return (start + np.arange(count, dtype=np.float64) * step).astype(dtypes.numpy_dtype(dtype))
    numbers = start + np.arange(count) * step
    narrow = numbers.astype(dtypes.numpy_dtype(dtype))
    if not np.array_equal(numbers, narrow):
        raise OverflowError(f"{dtype} does not hold {numbers[0]} … {numbers[-1]}")
    return narrow


def _asarray(*, values: tuple[Any, ...], shape: tuple[int, ...], dtype: str) -> Array:
    return np.array(values, dtypes.numpy_dtype(dtype)).reshape(shape)


OPS: dict[str, Callable[..., Any]] = {
    "zeros": lambda *, shape, dtype: np.zeros(shape, dtypes.numpy_dtype(dtype)),
    "ones": lambda *, shape, dtype: np.ones(shape, dtypes.numpy_dtype(dtype)),
    "empty": lambda *, shape, dtype: np.empty(shape, dtypes.numpy_dtype(dtype)),
    "full": lambda *, shape, value, dtype: np.full(shape, value, dtypes.numpy_dtype(dtype)),
    "zeros_like": lambda x, *, dtype: np.zeros_like(x, dtypes.numpy_dtype(dtype)),
    "ones_like": lambda x, *, dtype: np.ones_like(x, dtypes.numpy_dtype(dtype)),
    "empty_like": lambda x, *, dtype: np.empty_like(x, dtypes.numpy_dtype(dtype)),
    "full_like": lambda x, *, value, dtype: np.full_like(x, value, dtypes.numpy_dtype(dtype)),
    "eye": lambda *, rows, columns, k, dtype: np.eye(
        rows, columns, k, dtype=dtypes.numpy_dtype(dtype)
    ),
    "arange": _arange,
    "linspace": lambda *, start, stop, num, dtype: np.linspace(start, stop, num).astype(
        dtypes.numpy_dtype(dtype)
    ),
    "logspace": lambda *, start, stop, num, base, dtype: np.logspace(
        start, stop, num, base=base
    ).astype(dtypes.numpy_dtype(dtype)),
    "asarray": _asarray,
}
