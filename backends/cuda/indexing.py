"""Indexing, scattering and lookups."""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.adapting import Function, bits, brain


def _places(index: Any, axis: int) -> tuple[Any, ...]:
    """What indexes an array so that ``index`` goes along ``axis``."""
    places = list(cupy.ogrid[tuple(slice(n) for n in index.shape)])
    places[axis] = index
    return tuple(places)


def _scatter(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    out = x.copy()
    if index.size:
        out[_places(index, axis)] = updates
    return out


def _scatter_add(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    out = x.copy()
    signed = out.dtype == np.int64  # the same bits as uint64, which CuPy has
    target = out.view(np.uint64) if signed else out
    if index.size:
        cupy.add.at(target, _places(index, axis), updates.view(target.dtype))
    return out


OPS: dict[str, Function] = {
    "take": bits(lambda x, indices, *, axis: cupy.take(x, indices, axis)),
    "gather": bits(lambda x, index, *, axis: cupy.take_along_axis(x, index, axis)),
    "scatter": bits(_scatter),
    "scatter_add": brain(_scatter_add),
    "masked_select": bits(lambda x, mask: x[mask]),
    "embedding": bits(lambda weight, indices: cupy.take(weight, indices, 0)),
}
