"""Grids: elements kept, placed or set by their position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.opencl import arrays
from tensorcts.backends.opencl.arrays import DeviceArray
from tensorcts.backends.opencl.checks import integer, is_integer, one_dtype
from tensorcts.backends.opencl.creation import full
from tensorcts.backends.opencl.elementwise import astype
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.runtime import Runtime

_FAR = 2**62
"""A diagonal beyond all others."""


def tril(runtime: Runtime, x: DeviceArray, *, k: int) -> DeviceArray:
    """The diagonals up to k."""
    return _band(runtime, x, -_FAR, integer("k", k))


def triu(runtime: Runtime, x: DeviceArray, *, k: int) -> DeviceArray:
    """The diagonals from k on."""
    return _band(runtime, x, integer("k", k), _FAR)


def _band(runtime: Runtime, x: DeviceArray, low: int, high: int) -> DeviceArray:
    if x.ndim < 2:
        raise ValueError(f"x must have two axes at least, not the shape {x.shape}")
    result = runtime.empty(x.shape, x.dtype)
    numbers = map(np.int64, (*x.shape[-2:], low, high))
    kernel = ("grids", f"bytes{x.itemsize}", "band")
    runtime.launch_over(kernel, x.size, x, result, layout(x.shape, x), *numbers)
    return result


def diag(runtime: Runtime, x: DeviceArray, *, k: int) -> DeviceArray:
    """A view of a matrix's diagonal, or zeros with a vector copied to such a view."""
    if x.ndim == 2:
        return _diagonal(x, integer("k", k))
    if x.ndim != 1:
        raise ValueError(f"x must be 1-d or 2-d, not of the shape {x.shape}")
    side = x.size + abs(integer("k", k))
    result = full(runtime, shape=(side, side), value=0, dtype=x.dtype)
    runtime.copy_to(_diagonal(result, k), x)
    return result


def _diagonal(x: DeviceArray, k: int) -> DeviceArray:
    (rows, columns), (down, right) = x.shape, x.strides
    first = max(-k, 0), max(k, 0)
    count = max(min(rows - first[0], columns - first[1]), 0)
    offset = x.offset + (first[0] * down + first[1] * right if count else 0)
    return arrays.view(x, (count,), (down + right,), offset)


def meshgrid(runtime: Runtime, *vectors: DeviceArray, indexing: str) -> tuple[DeviceArray, ...]:
    """Views with strides of 0."""
    if not vectors or any(v.ndim != 1 for v in vectors):
        raise ValueError(f"arrays must be 1-d, not of the shapes {[v.shape for v in vectors]}")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"indexing must be 'xy' or 'ij', not {indexing!r}")
    one_dtype(**{f"arrays[{i}]": v for i, v in enumerate(vectors)})
    places = list(range(len(vectors)))
    if indexing == "xy":
        places[:2] = places[:2][::-1]
    shape = tuple(vectors[place].size for place in places)
    return tuple(
        arrays.view(v, shape, [v.strides[0] * (a == p) for a in range(len(shape))], v.offset)
        for v, p in zip(vectors, places)
    )


def one_hot(runtime: Runtime, indices: DeviceArray, *, depth: int, dtype: str) -> DeviceArray:
    """The places as bools, then converted."""
    is_integer("indices", indices)
    if integer("depth", depth) < 1:
        raise ValueError(f"depth must be at least 1, not {depth}")
    index = astype(runtime, indices, dtype="int64")
    mask = runtime.empty((*indices.shape, depth), "bool")
    numbers = map(np.int64, (index.offset, depth, mask.size))
    runtime.launch_over(("grids", "bytes1", "hot"), mask.size, index, mask, *numbers)
    return astype(runtime, mask, dtype=dtype)


OPS: dict[str, Callable[..., Any]] = {
    "tril": tril,
    "triu": triu,
    "diag": diag,
    "meshgrid": meshgrid,
    "one_hot": one_hot,
}
