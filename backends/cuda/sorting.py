"""Sorting and counting. CuPy sorts upwards only: descending order is found from behind."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import Function, brain
from tensorcts.backends.cuda.indexing import comparable


def _sort(x: Any, *, axis: int, descending: bool, stable: bool) -> Any:
    kind = "stable" if stable else None
    if not descending:
        return cupy.sort(x, axis, kind)
    return cupy.flip(cupy.sort(cupy.flip(x, axis), axis, kind), axis)


def _argsort(x: Any, *, axis: int, descending: bool, stable: bool) -> Any:
    x, kind = comparable(x), "stable" if stable else None
    if not descending:
        return cupy.argsort(x, axis, kind)
    return x.shape[axis] - 1 - cupy.flip(cupy.argsort(cupy.flip(x, axis), axis, kind), axis)


def _topk(x: Any, *, k: int, axis: int, largest: bool) -> tuple[Any, Any]:
    """CuPy has none: the first k of all."""
    if not 0 <= k <= x.shape[axis]:
        raise ValueError(f"k must be in [0, {x.shape[axis]}], not {k}")
    order = _argsort(x, axis=axis, descending=largest, stable=False)
    places = cupy.take(order, cupy.arange(k), axis)
    values = brain(lambda x, *, axis: cupy.take_along_axis(x, places, axis))(x, axis=axis)
    return values, places


def _searchsorted(x1: Any, x2: Any, *, side: str) -> Any:
    if x1.ndim != 1:
        raise ValueError(f"x1 must be 1-d, not of shape {x1.shape}")
    if side not in ("left", "right"):  # CuPy takes any other for the left one
        raise ValueError(f"side must be left or right, not {side!r}")
    return cupy.searchsorted(comparable(x1), comparable(x2), side)


def _unique(x: Any, **more: bool) -> Any:
    """Each NaN distinct."""
    found = cupy.unique(comparable(x), equal_nan=False, **more)
    if not more:
        return found.astype(x.dtype)
    values, others = found
    return values.astype(x.dtype), others.astype(np.int64)


def _unique_inverse(x: Any) -> tuple[Any, Any]:
    values, places = _unique(x, return_inverse=True)
    return values, places.reshape(x.shape)


def _histogram(x: Any, *, bins: int, low: float, high: float) -> Any:
    return cupy.histogram(comparable(x), bins, (low, high))[0]


OPS: dict[str, Function] = {
    "sort": brain(_sort),
    "argsort": _argsort,
    "topk": _topk,
    "searchsorted": _searchsorted,
    "unique_values": _unique,
    "unique_counts": lambda x: _unique(x, return_counts=True),
    "unique_inverse": _unique_inverse,
    "bincount": lambda x, *, minlength: cupy.bincount(x, minlength=minlength),
    "histogram": _histogram,
}
