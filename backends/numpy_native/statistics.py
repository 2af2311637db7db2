"""Order statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _median(x: Array, *, axis: int | None, keepdims: bool) -> Array:
    """NumPy's median is the mean of the two in the middle; NaN are sorted to the end."""
    flat = x.ravel() if axis is None else x
    ordered = np.sort(flat, axis=axis or 0)
    last = np.take(ordered, [-1], axis=axis or 0)
    middle = np.take(ordered, [(ordered.shape[axis or 0] - 1) // 2], axis=axis or 0)
    found = np.where(last == last, middle, last)
    if axis is None:
        return found.reshape((1,) * x.ndim if keepdims else ())
    return found if keepdims else np.squeeze(found, axis)


def _quantile(x: Array, *, q: float, axis: int | None, keepdims: bool) -> Array:
    return np.asarray(np.quantile(x, x.dtype.type(q), axis=axis, keepdims=keepdims))


OPS: dict[str, Callable[..., Any]] = {
    "median": through_float32(_median),
    "quantile": through_float32(_quantile),
}
