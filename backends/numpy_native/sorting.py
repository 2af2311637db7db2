"""Sorting and counting. NumPy sorts upwards only: descending order is found from behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _sort(x: Array, *, axis: int, descending: bool, stable: bool) -> Array:
    if not descending:
        return np.sort(x, axis, stable=stable)
    return np.flip(np.sort(np.flip(x, axis), axis, stable=stable), axis)


def _argsort(x: Array, *, axis: int, descending: bool, stable: bool) -> Array:
    if not descending:
        return np.argsort(x, axis, stable=stable)
    backwards = np.argsort(np.flip(x, axis), axis, stable=stable)
    return np.asarray(x.shape[axis] - 1 - np.flip(backwards, axis))


def _topk(x: Array, *, k: int, axis: int, largest: bool) -> tuple[Array, Array]:
    """NumPy has none: the first k of all."""
    if not 0 <= k <= x.shape[axis]:
        raise ValueError(f"k must be in [0, {x.shape[axis]}], not {k}")
    order = _argsort(x, axis=axis, descending=largest, stable=False)
    places = np.take(order, np.arange(k), axis)
    return np.take_along_axis(x, places, axis), places


OPS: dict[str, Callable[..., Any]] = {
    "sort": _sort,
    "argsort": _argsort,
    "topk": _topk,
    "searchsorted": lambda x1, x2, *, side: np.searchsorted(x1, x2, side),
    "unique_values": np.unique_values,
    "unique_counts": lambda x: tuple(np.unique_counts(x)),
    "unique_inverse": lambda x: tuple(np.unique_inverse(x)),
    "bincount": lambda x, *, minlength: np.bincount(x, minlength=minlength),
    "histogram": lambda x, *, bins, low, high: np.histogram(x, bins, (low, high))[0],
}
