"""Shapes: views wherever CuPy has one."""

from __future__ import annotations

import math
from typing import Any

import cupy
import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from tensorcts.backends.cuda.adapting import Function, bits
from tensorcts.backends.protocol import UnsupportedError


def _view(x: Any, *, shape: tuple[int, ...]) -> Any:
    fitting = cupy.reshape(x, shape)  # raises where the sizes don't fit
    if x.size and not cupy.may_share_memory(fitting, x):
        raise UnsupportedError(f"no strides give x, of strides {x.strides}, the shape {shape}")
    return fitting


def _flatten(x: Any, *, start: int, end: int) -> Any:
    if x.ndim == 0:
        return x.reshape(1)
    first, last = (normalize_axis_index(axis, x.ndim) for axis in (start, end))
    if first > last:
        raise ValueError(f"start {start} comes after end {end}")
    middle = math.prod(x.shape[first : last + 1])
    return x.reshape(x.shape[:first] + (middle,) + x.shape[last + 1 :])


def _unflatten(x: Any, *, axis: int, sizes: tuple[int, ...]) -> Any:
    place = normalize_axis_index(axis, x.ndim)
    if not sizes:
        raise ValueError("there are no sizes")
    inner = np.broadcast_to(False, x.shape[place]).reshape(sizes).shape
    return x.reshape(x.shape[:place] + inner + x.shape[place + 1 :])


def _expand(x: Any, *, shape: tuple[int, ...]) -> Any:
    new = len(shape) - x.ndim
    known = x.shape[max(-new, 0) :]
    kept = tuple(n if s == -1 else s for n, s in zip(known, shape[max(new, 0) :], strict=True))
    return cupy.broadcast_to(x, shape[: max(new, 0)] + kept)


OPS: dict[str, Function] = {
    "reshape": bits(lambda x, *, shape: cupy.reshape(x, shape)),
    "view": bits(_view),
    "permute_dims": lambda x, *, axes: cupy.transpose(x, axes),
    "moveaxis": lambda x, *, source, destination: cupy.moveaxis(x, source, destination),
    "swapaxes": lambda x, *, axis1, axis2: cupy.swapaxes(x, axis1, axis2),
    "broadcast_to": lambda x, *, shape: cupy.broadcast_to(x, shape),
    "expand": _expand,
    "broadcast_arrays": lambda *arrays: tuple(cupy.broadcast_arrays(*arrays)),
    "flatten": bits(_flatten),
    "unflatten": bits(_unflatten),
    "squeeze": lambda x, *, axis: cupy.squeeze(x, axis),
    "expand_dims": lambda x, *, axis: cupy.expand_dims(x, axis),
}
