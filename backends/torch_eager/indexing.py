"""Indexing, scattering and lookups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from tensorcts.backends.torch_eager.adapting import from_front

OPS: dict[str, Callable[..., Any]] = {
    "take": lambda x, i, *, axis: torch.index_select(x, axis, from_front(i, x.shape[axis])),
    "gather": lambda x, i, *, axis: torch.gather(x, axis, from_front(i, x.shape[axis])),
    "scatter": lambda x, i, updates, *, axis: torch.scatter(
        x, axis, from_front(i, x.shape[axis]), updates
    ),
    "scatter_add": lambda x, i, updates, *, axis: torch.scatter_add(
        x, axis, from_front(i, x.shape[axis]), updates
    ),
    "masked_select": torch.masked_select,
    "embedding": lambda weight, indices: functional.embedding(indices, weight),
}
