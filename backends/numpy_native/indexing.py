"""Indexing, scattering and lookups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _scatter(x: Array, index: Array, updates: Array, *, axis: int) -> Array:
    out = x.copy()
    np.put_along_axis(out, index, updates, axis)
    return out


def _scatter_add(x: Array, index: Array, updates: Array, *, axis: int) -> Array:
    out = x.copy()
    grid: list[Any] = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    grid[axis] = index
    np.add.at(out, tuple(grid), updates)
    return out


OPS: dict[str, Callable[..., Any]] = {
    "take": lambda x, indices, *, axis: np.take(x, indices, axis=axis),
    "gather": lambda x, index, *, axis: np.take_along_axis(x, index, axis),
    "scatter": _scatter,
    "scatter_add": through_float32(_scatter_add),
    "masked_select": lambda x, mask: x[mask],
    "embedding": lambda weight, indices: weight[indices],
}
