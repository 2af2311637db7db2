"""Derivative rules of the primitives that pick or place elements."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tensorcts.reference.arrays.dispatch import slice_of
from tensorcts.reference.arrays.primitives import scatter_sum, scatter_to, select


def _placed(g: Any, positions: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of the shape given, with ``g`` at positions of the flattened array, none twice."""
    zeros = np.zeros_like(g, shape=(math.prod(shape),))
    flat = np.reshape(g, (np.size(positions),))
    return np.reshape(scatter_to(zeros, positions, flat, axis=0), shape)


def _slice(g: Any, z: Any, x: Any, index: Any) -> Any:
    positions = np.arange(np.size(x)).reshape(np.shape(x))[index]
    return _placed(g, positions.ravel(), np.shape(x))


def _take(g: Any, z: Any, x: Any, indices: Any, axis: int) -> Any:
    """``g`` added up at the indices."""
    shape, first = np.shape(x), axis % np.ndim(x)
    before, after = shape[:first], shape[first + 1 :]
    updates = np.reshape(g, (*before, np.size(indices), *after))
    column = np.reshape(indices, (-1,) + (1,) * len(after))
    index = np.broadcast_to(column, updates.shape)
    return scatter_sum(np.zeros_like(g, shape=shape), index, updates, axis=first)


def _take_along_axis(g: Any, z: Any, x: Any, index: Any, axis: int) -> Any:
    return scatter_sum(np.zeros_like(g, shape=np.shape(x)), index, g, axis=axis)


def _overwritten(g: Any, z: Any, x: Any, index: Any, updates: Any, axis: int) -> Any:
    return scatter_to(g, index, np.zeros_like(g, shape=np.shape(index)), axis=axis)


def _written(g: Any, z: Any, x: Any, index: Any, updates: Any, axis: int) -> Any:
    return np.take_along_axis(g, index, axis)


RULES: dict[Any, Any] = {
    slice_of: (_slice,),
    select: (lambda g, z, x, mask: _placed(g, np.flatnonzero(mask), np.shape(x)),),
    np.take: (_take,),
    np.take_along_axis: (_take_along_axis,),
    scatter_to: (_overwritten, None, _written),
    scatter_sum: (lambda g, z, x, index, updates, axis: g, None, _written),
}
