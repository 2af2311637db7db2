"""Shapes, joining and splitting."""

from __future__ import annotations

import math
from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import Function, bits


def _flatten(x: Any, *, start: int, end: int) -> Any:
    if x.ndim == 0:
        return x.reshape(1)
    first, last = range(x.ndim)[start], range(x.ndim)[end]
    middle = math.prod(x.shape[first : last + 1])
    return x.reshape(x.shape[:first] + (middle,) + x.shape[last + 1 :])


def _split(x: Any, *, sizes: tuple[int, ...], axis: int) -> tuple[Any, ...]:
    return tuple(cupy.split(x, np.cumsum(sizes)[:-1].tolist(), axis))


OPS: dict[str, Function] = {
    "reshape": bits(lambda x, *, shape: cupy.reshape(x, shape)),
    "permute_dims": lambda x, *, axes: cupy.transpose(x, axes),
    "broadcast_to": lambda x, *, shape: cupy.broadcast_to(x, shape),
    "flatten": bits(_flatten),
    "squeeze": lambda x, *, axis: cupy.squeeze(x, axis),
    "expand_dims": lambda x, *, axis: cupy.expand_dims(x, axis),
    "concat": bits(lambda *arrays, axis: cupy.concatenate(arrays, axis)),
    "stack": bits(lambda *arrays, axis: cupy.stack(arrays, axis)),
    "split": _split,
}
