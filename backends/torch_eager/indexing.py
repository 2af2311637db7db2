"""Indexing and lookups; negative indices are counted from the front first where torch has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tensorcts.backends.torch_eager.adapting import from_front


def key(x: Tensor, indices: tuple[Tensor, ...], axes: tuple[int, ...]) -> tuple[Any, ...]:
    """What indexes x by tensors over the axes given."""
    places: list[Any] = []
    reached = 0
    for index, axis in zip(indices, axes, strict=True):
        if not reached <= axis < x.ndim:
            raise ValueError(f"axes {axes} must rise, not overlap, and lie in [0, {x.ndim})")
        places += [slice(None)] * (axis - reached) + [index]
        reached = axis + (index.ndim if index.dtype == torch.bool else 1)
    return tuple(places)


OPS: dict[str, Callable[..., Any]] = {
    "take": lambda x, i, *, axis: torch.index_select(x, axis, from_front(i, x.shape[axis])),
    "gather": lambda x, i, *, axis: torch.gather(x, axis, from_front(i, x.shape[axis])),
    "take_along_axis": lambda x, i, *, axis: torch.take_along_dim(
        x, from_front(i, x.shape[axis]), axis
    ),
    "index": lambda x, *indices, axes: x[key(x, indices, axes)],
    "embedding": lambda weight, indices: functional.embedding(indices, weight),
    "nonzero": lambda x: torch.nonzero(x, as_tuple=True),
    "argwhere": torch.argwhere,
}
