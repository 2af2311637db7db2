"""Writing, adding and reducing into places, each on a copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.indexing import key
from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _put(x: Array, index: Array, updates: Array, *, axis: int) -> Array:
    out = x.copy()
    np.put_along_axis(out, index, updates, axis)
    return out


def _each(index: Array, axis: int) -> tuple[Any, ...]:
    """What indexes an array so that ``index`` goes along ``axis``."""
    grid: list[Any] = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    grid[axis] = index
    return tuple(grid)


def _scatter_add(x: Array, index: Array, updates: Array, *, axis: int) -> Array:
    out = x.copy()
    np.add.at(out, _each(index, axis), updates)
    return out


_UFUNCS = {"sum": np.add, "mean": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}


def _scatter_reduce(
    x: Array, index: Array, updates: Array, *, axis: int, reduction: str, include_self: bool
) -> Array:
    out, places = x.copy(), _each(index, axis)
    if not include_self:
        extreme = reduction in ("max", "min")
        out[places] = updates if extreme else x.dtype.type(reduction == "prod")
    _UFUNCS[reduction].at(out, places, updates)
    if reduction == "mean":
        count = np.zeros(x.shape, np.int64)
        np.add.at(count, places, 1)
        out = (out / np.maximum(count + include_self, 1)).astype(x.dtype)
    return out


def _slices(x: Array, index: Array, axis: int) -> tuple[Any, ...]:
    return (*(slice(None),) * range(x.ndim)[axis], index)


def _index_copy(x: Array, index: Array, updates: Array, *, axis: int) -> Array:
    out = x.copy()
    out[_slices(x, index, axis)] = updates
    return out


def _index_add(x: Array, index: Array, updates: Array, *, axis: int) -> Array:
    out = x.copy()
    np.add.at(out, _slices(x, index, axis), updates)
    return out


def _index_put(
    x: Array, values: Array, *indices: Array, axes: tuple[int, ...], accumulate: bool
) -> Array:
    out, places = x.copy(), key(x, indices, axes)
    if accumulate:
        np.add.at(out, places, values)
    else:
        out[places] = values
    return out


OPS: dict[str, Callable[..., Any]] = {
    "scatter": _put,
    "scatter_add": through_float32(_scatter_add),
    "scatter_reduce": through_float32(_scatter_reduce),
    "put_along_axis": _put,
    "index_copy": _index_copy,
    "index_add": through_float32(_index_add),
    "index_put": through_float32(_index_put),
}
