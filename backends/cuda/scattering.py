"""Writing, adding and reducing into places, each on a copy."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import Function, bits, brain
from tensorcts.backends.cuda.indexing import integers, key


def _places(index: Any, axis: int) -> tuple[Any, ...]:
    """What indexes an array so that ``index`` goes along ``axis``."""
    places = list(cupy.ogrid[tuple(slice(n) for n in index.shape)])
    places[axis] = integers(index)
    return tuple(places)


def _slices(x: Any, index: Any, axis: int) -> tuple[Any, ...]:
    return (*(slice(None),) * range(x.ndim)[axis], integers(index))


def _written(x: Any, places: tuple[Any, ...], values: Any) -> Any:
    out = x.copy()
    if out[places].size:
        out[places] = values
    return out


def _added(x: Any, places: tuple[Any, ...], values: Any) -> Any:
    out = x.copy()
    signed = out.dtype == np.int64  # the same bits as uint64, which CuPy has
    target = out.view(np.uint64) if signed else out
    if out[places].size:
        cupy.add.at(target, places, values.view(target.dtype))
    return out


def _put_along_axis(x: Any, indices: Any, values: Any, *, axis: int) -> Any:
    out = x.copy()
    if indices.size:
        cupy.put_along_axis(out, integers(indices), values, axis)
    return out


def _combined(combine: Function, x: Any, index: Any, updates: Any, axis: int) -> Any:
    """One update after another along the axis, none of which share an element.

    CuPy multiplies at no indices, and its extremes at indices pass over NaN and round float64 to
    float32.
    """
    for step in range(index.shape[axis]):
        one = (slice(None),) * range(x.ndim)[axis] + (slice(step, step + 1),)
        places = _places(index[one], axis)
        x[places] = combine(x[places], updates[one])
    return x


_EXTREMES = {"max": cupy.maximum, "min": cupy.minimum}
_COMBINING = {**_EXTREMES, "prod": cupy.multiply}


def _scatter_reduce(
    x: Any, index: Any, updates: Any, *, axis: int, reduction: str, include_self: bool
) -> Any:
    if reduction not in ("sum", "mean", *_COMBINING):
        raise ValueError(f"CuPy has no reduction {reduction!r}")
    if reduction == "mean" and x.dtype.kind != "f":
        raise ValueError(f"the mean is of floats, not of {x.dtype}")
    places = _places(index, axis)
    if index.shape != updates.shape:
        raise ValueError(f"updates must have the shape {index.shape}, not {updates.shape}")
    start = updates if reduction in _EXTREMES else x.dtype.type(reduction == "prod")
    out = x.copy() if include_self else _written(x, places, start)
    if index.size == 0:
        return out
    if reduction in _COMBINING:
        return _combined(_COMBINING[reduction], out, index, updates, axis)
    total = _added(out, places, updates)
    if reduction == "sum":
        return total
    count = _added(cupy.zeros(x.shape, np.int32), places, cupy.ones(index.shape, np.int32))
    return (total / cupy.maximum(count + int(include_self), 1)).astype(x.dtype)


def _index_put(x: Any, values: Any, *indices: Any, axes: tuple[int, ...], accumulate: bool) -> Any:
    places = key(x, indices, axes)
    return (_added if accumulate else _written)(x, places, values)


OPS: dict[str, Function] = {
    "scatter": bits(lambda x, i, updates, *, axis: _written(x, _places(i, axis), updates)),
    "scatter_add": brain(lambda x, i, updates, *, axis: _added(x, _places(i, axis), updates)),
    "scatter_reduce": brain(_scatter_reduce),
    "put_along_axis": bits(_put_along_axis),
    "index_copy": bits(lambda x, i, updates, *, axis: _written(x, _slices(x, i, axis), updates)),
    "index_add": brain(lambda x, i, updates, *, axis: _added(x, _slices(x, i, axis), updates)),
    "index_put": brain(_index_put),
}
