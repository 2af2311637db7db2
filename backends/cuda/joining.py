"""Joining and splitting."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import Function, bits


def _split(x: Any, *, sizes: tuple[int, ...], axis: int) -> tuple[Any, ...]:
    if min(sizes, default=-1) < 0 or sum(sizes) != x.shape[axis]:
        raise ValueError(f"sizes {sizes} do not add up to {x.shape[axis]}")
    return tuple(cupy.split(x, np.cumsum(sizes)[:-1].tolist(), axis))


def _chunk(x: Any, *, chunks: int, axis: int) -> tuple[Any, ...]:
    if chunks < 1:
        raise ValueError(f"chunks is {chunks}, not 1 or more")
    size = -(-x.shape[axis] // chunks)
    ends = list(range(size, x.shape[axis], size)) if size else [0] * (chunks - 1)
    return tuple(cupy.split(x, ends, axis))


def _tensor_split(x: Any, *, sections: int | tuple[int, ...], axis: int) -> tuple[Any, ...]:
    if isinstance(sections, int) and sections < 1:
        raise ValueError(f"sections is {sections}, not 1 or more")
    where = list(sections) if isinstance(sections, tuple) else sections
    return tuple(cupy.array_split(x, where, axis))


def _unstack(x: Any, *, axis: int) -> tuple[Any, ...]:
    return tuple(cupy.moveaxis(x, axis, 0))


OPS: dict[str, Function] = {
    "concat": bits(lambda *arrays, axis: cupy.concatenate(arrays, axis)),
    "stack": bits(lambda *arrays, axis: cupy.stack(arrays, axis)),
    "split": _split,
    "chunk": _chunk,
    "tensor_split": _tensor_split,
    "unstack": _unstack,
}
