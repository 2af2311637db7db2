"""Shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.backends.torch_eager.adapting import axes_of


def _view(x: Tensor, *, shape: tuple[int, ...]) -> Tensor:
    try:
        return x.view(shape)
    except RuntimeError as error:
        if "stride" not in str(error):
            raise
        raise UnsupportedError(f"torch: {str(error).splitlines()[0]}") from error


def _squeeze(x: Tensor, *, axis: int | tuple[int, ...]) -> Tensor:
    axes = axes_of(x, axis)
    if any(x.shape[a] != 1 for a in axes):  # torch leaves such axes as they are
        raise ValueError(f"squeeze: an axis of {axes} of the shape {tuple(x.shape)} is not 1")
    return torch.squeeze(x, axes)


OPS: dict[str, Callable[..., Any]] = {
    "reshape": lambda x, *, shape: torch.reshape(x, shape),
    "view": _view,
    "permute_dims": lambda x, *, axes: torch.permute(x, axes),
    "moveaxis": lambda x, *, source, destination: torch.moveaxis(x, source, destination),
    "swapaxes": lambda x, *, axis1, axis2: torch.swapaxes(x, axis1, axis2),
    "broadcast_to": lambda x, *, shape: torch.broadcast_to(x, shape),
    "expand": lambda x, *, shape: x.expand(shape),
    "broadcast_arrays": torch.broadcast_tensors,
    "flatten": lambda x, *, start, end: torch.flatten(x, start, end),
    "unflatten": lambda x, *, axis, sizes: torch.unflatten(x, axis, sizes),
    "squeeze": _squeeze,
    "expand_dims": lambda x, *, axis: torch.unsqueeze(x, axis),
}
