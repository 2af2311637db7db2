"""Shapes: views wherever NumPy has one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import NDArray

from tensorcts.backends.protocol import UnsupportedError

Array = NDArray[Any]


def _view(x: Array, *, shape: tuple[int, ...]) -> Array:
    fitting = np.reshape(x, shape)  # raises where the sizes don't fit
    if not np.may_share_memory(fitting, x) and x.size:
        raise UnsupportedError(f"no strides give x, of strides {x.strides}, the shape {shape}")
    return fitting


def _flatten(x: Array, *, start: int, end: int) -> Array:
    if x.ndim == 0:
        return x.reshape(1)
    first, last = (normalize_axis_index(axis, x.ndim) for axis in (start, end))
    if first > last:
        raise ValueError(f"start {start} comes after end {end}")
    middle = math.prod(x.shape[first : last + 1])
    return x.reshape(x.shape[:first] + (middle,) + x.shape[last + 1 :])


def _unflatten(x: Array, *, axis: int, sizes: tuple[int, ...]) -> Array:
    place = normalize_axis_index(axis, x.ndim)
    inner = np.empty(x.shape[place]).reshape(sizes).shape if sizes else ()
    if not inner:
        raise ValueError("there are no sizes")
    return x.reshape(x.shape[:place] + inner + x.shape[place + 1 :])


def _expand(x: Array, *, shape: tuple[int, ...]) -> Array:
    new = len(shape) - x.ndim
    known = x.shape[max(-new, 0) :]
    kept = tuple(n if s == -1 else s for n, s in zip(known, shape[max(new, 0) :], strict=True))
    result = np.broadcast_to(x, shape[: max(new, 0)] + kept)  # read-only, even if nothing repeats
    return x.reshape(result.shape) if result.size == x.size else result


OPS: dict[str, Callable[..., Any]] = {
    "reshape": lambda x, *, shape: np.reshape(x, shape),
    "view": _view,
    "permute_dims": lambda x, *, axes: np.transpose(x, axes),
    "moveaxis": lambda x, *, source, destination: np.moveaxis(x, source, destination),
    "swapaxes": lambda x, *, axis1, axis2: np.swapaxes(x, axis1, axis2),
    "broadcast_to": lambda x, *, shape: np.broadcast_to(x, shape),
    "expand": _expand,
    "broadcast_arrays": lambda *arrays: tuple(np.broadcast_arrays(*arrays)),
    "flatten": _flatten,
    "unflatten": _unflatten,
    "squeeze": lambda x, *, axis: np.squeeze(x, axis),
    "expand_dims": lambda x, *, axis: np.expand_dims(x, axis),
}
