"""Shapes, joining and splitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.torch_eager.adapting import axes_of


def _squeeze(x: Tensor, *, axis: int | tuple[int, ...]) -> Tensor:
    axes = axes_of(x, axis)
    if any(x.shape[a] != 1 for a in axes):  # torch leaves such axes as they are
        raise ValueError(f"squeeze: an axis of {axes} of the shape {tuple(x.shape)} is not 1")
    return torch.squeeze(x, axes)


OPS: dict[str, Callable[..., Any]] = {
    "reshape": lambda x, *, shape: torch.reshape(x, shape),
    "permute_dims": lambda x, *, axes: torch.permute(x, axes),
    "broadcast_to": lambda x, *, shape: torch.broadcast_to(x, shape),
    "flatten": lambda x, *, start, end: torch.flatten(x, start, end),
    "squeeze": _squeeze,
    "expand_dims": lambda x, *, axis: torch.unsqueeze(x, axis),
    "concat": lambda *arrays, axis: torch.cat(arrays, axis),
    "stack": lambda *arrays, axis: torch.stack(arrays, axis),
    "split": lambda x, *, sizes, axis: torch.split(x, list(sizes), axis),
}
