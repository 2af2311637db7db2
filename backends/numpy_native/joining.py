"""Joining and splitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _split(x: Array, *, sizes: tuple[int, ...], axis: int) -> tuple[Array, ...]:
    if min(sizes, default=-1) < 0 or sum(sizes) != x.shape[axis]:
        raise ValueError(f"sizes {sizes} do not add up to {x.shape[axis]}")
    return tuple(np.split(x, np.cumsum(sizes)[:-1], axis=axis))


def _chunk(x: Array, *, chunks: int, axis: int) -> tuple[Array, ...]:
    if chunks < 1:
        raise ValueError(f"chunks is {chunks}, not 1 or more")
    size = -(-x.shape[axis] // chunks)
    ends = range(size, x.shape[axis], size) if size else [0] * (chunks - 1)
    return tuple(np.split(x, list(ends), axis=axis))


def _tensor_split(x: Array, *, sections: int | tuple[int, ...], axis: int) -> tuple[Array, ...]:
    return tuple(np.array_split(x, sections, axis))


OPS: dict[str, Callable[..., Any]] = {
    "concat": lambda *arrays, axis: np.concatenate(arrays, axis=axis),
    "stack": lambda *arrays, axis: np.stack(arrays, axis=axis),
    "split": _split,
    "chunk": _chunk,
    "tensor_split": _tensor_split,
    "unstack": lambda x, *, axis: np.unstack(x, axis=axis),
}
