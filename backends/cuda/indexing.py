"""Indexing and lookups; CuPy wraps what is out of range."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import BFLOAT16, Function, bits


def integers(index: Any) -> Any:
    """The index; CuPy would truncate floats."""
    if index.dtype.kind not in "iu":
        raise TypeError(f"an index must hold integers, not {index.dtype}")
    return index


def key(x: Any, indices: tuple[Any, ...], axes: tuple[int, ...]) -> tuple[Any, ...]:
    """What indexes x by arrays over the axes given; CuPy takes no mask beside other arrays."""
    places: list[Any] = []
    for index, axis in zip(indices, axes, strict=True):
        if not len(places) <= axis < x.ndim:
            raise ValueError(f"axes {axes} must rise, not overlap, and lie in [0, {x.ndim})")
        places += [slice(None)] * (axis - len(places))
        if index.dtype != np.bool_:
            places.append(integers(index))
        elif index.shape == x.shape[axis : axis + index.ndim]:
            places += cupy.nonzero(index)
        else:
            raise ValueError(f"a mask of shape {index.shape} does not fit axis {axis} of {x.shape}")
    return tuple(places)


def comparable(x: Any) -> Any:
    """x, bfloat16 as float32, which has the same values."""
    return x.astype(np.float32) if x.dtype == BFLOAT16 else x


def _embedding(weight: Any, indices: Any) -> Any:
    if weight.ndim != 2:
        raise ValueError(f"weight must be 2-d, not of shape {weight.shape}")
    return cupy.take(weight, integers(indices), 0)


OPS: dict[str, Function] = {
    "take": bits(lambda x, indices, *, axis: cupy.take(x, integers(indices), axis)),
    "gather": bits(lambda x, index, *, axis: cupy.take_along_axis(x, integers(index), axis)),
    "take_along_axis": bits(lambda x, i, *, axis: cupy.take_along_axis(x, integers(i), axis)),
    "index": bits(lambda x, *indices, axes: x[key(x, indices, axes)]),
    "embedding": bits(_embedding),
    "nonzero": lambda x: cupy.nonzero(comparable(x)),
    "argwhere": lambda x: cupy.argwhere(comparable(x)),
}
