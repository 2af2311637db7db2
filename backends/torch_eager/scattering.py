"""Writing, adding and reducing into places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.torch_eager.adapting import from_front
from tensorcts.backends.torch_eager.indexing import key

_REDUCTIONS = {"sum": "sum", "prod": "prod", "mean": "mean", "max": "amax", "min": "amin"}


def _from_front(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A function of x, an axis, indices into it and updates."""

    def call(x: Tensor, index: Tensor, updates: Tensor, *, axis: int) -> Tensor:
        return function(x, axis, from_front(index, x.shape[axis]), updates)

    return call


def _scatter_reduce(
    x: Tensor, index: Tensor, updates: Tensor, *, axis: int, reduction: str, include_self: bool
) -> Tensor:
    found, name = from_front(index, x.shape[axis]), _REDUCTIONS.get(reduction, reduction)
    return torch.scatter_reduce(x, axis, found, updates, name, include_self=include_self)


def _put_along_axis(x: Tensor, indices: Tensor, values: Tensor, *, axis: int) -> Tensor:
    """torch's scatter does not broadcast: views do that first."""
    shape = list(x.shape)
    shape[axis] = indices.shape[axis]
    index = from_front(indices, x.shape[axis]).broadcast_to(shape)
    return torch.scatter(x, axis, index, values.broadcast_to(shape))


def _index_put(
    x: Tensor, values: Tensor, *indices: Tensor, axes: tuple[int, ...], accumulate: bool
) -> Tensor:
    places = [None if isinstance(i, slice) else i for i in key(x, indices, axes)]
    return torch.ops.aten.index_put(x, places, values, accumulate)  # None for a whole axis


OPS: dict[str, Callable[..., Any]] = {
    "scatter": _from_front(torch.scatter),
    "scatter_add": _from_front(torch.scatter_add),
    "scatter_reduce": _scatter_reduce,
    "put_along_axis": _put_along_axis,
    "index_copy": _from_front(torch.index_copy),
    "index_add": _from_front(torch.index_add),
    "index_put": _index_put,
}
