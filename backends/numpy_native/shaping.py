"""Shapes, joining and splitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _flatten(x: Array, *, start: int, end: int) -> Array:
    if x.ndim == 0:
        return x.reshape(1)
    first, last = start % x.ndim, end % x.ndim
    return x.reshape(x.shape[:first] + (-1 if x.size else int(np.prod(x.shape[first : last + 1])),)
                     + x.shape[last + 1 :])  # fmt: skip


def _split(x: Array, *, sizes: tuple[int, ...], axis: int) -> tuple[Array, ...]:
    return tuple(np.split(x, np.cumsum(sizes)[:-1], axis=axis))


OPS: dict[str, Callable[..., Any]] = {
    "reshape": lambda x, *, shape: np.reshape(x, shape),
    "permute_dims": lambda x, *, axes: np.transpose(x, axes),
    "broadcast_to": lambda x, *, shape: np.broadcast_to(x, shape),
    "flatten": _flatten,
    "squeeze": lambda x, *, axis: np.squeeze(x, axis),
    "expand_dims": lambda x, *, axis: np.expand_dims(x, axis),
    "concat": lambda *arrays, axis: np.concatenate(arrays, axis=axis),
    "stack": lambda *arrays, axis: np.stack(arrays, axis=axis),
    "split": _split,
}
