"""Indexing and lookups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def key(x: Array, indices: tuple[Array, ...], axes: tuple[int, ...]) -> tuple[Any, ...]:
    """What indexes x by arrays over the axes given."""
    places: list[Any] = []
    reached = 0
    for index, axis in zip(indices, axes, strict=True):
        if not reached <= axis < x.ndim:
            raise ValueError(f"axes {axes} must rise, not overlap, and lie in [0, {x.ndim})")
        places += [slice(None)] * (axis - reached) + [index]
        reached = axis + (index.ndim if index.dtype == np.bool_ else 1)
    return tuple(places)


def _embedding(weight: Array, indices: Array) -> Array:
    if weight.ndim != 2:
        raise ValueError(f"weight must be 2-d, not of shape {weight.shape}")
    if np.any(indices < 0):
        raise IndexError(f"indices must not be negative, but hold {np.min(indices)}")
    return np.asarray(weight[indices])


OPS: dict[str, Callable[..., Any]] = {
    "take": lambda x, indices, *, axis: np.take(x, indices, axis=axis),
    "gather": lambda x, index, *, axis: np.take_along_axis(x, index, axis),
    "take_along_axis": lambda x, indices, *, axis: np.take_along_axis(x, indices, axis),
    "index": lambda x, *indices, axes: x[key(x, indices, axes)],
    "embedding": _embedding,
    "nonzero": np.nonzero,
    "argwhere": np.argwhere,
}
