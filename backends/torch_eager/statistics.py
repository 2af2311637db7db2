"""Order statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def _median(x: Tensor, *, axis: int | None, keepdims: bool) -> Tensor:
    if axis is not None:
        return torch.median(x, axis, keepdim=keepdims).values
    middle = torch.median(x)
    return middle.reshape((1,) * x.ndim) if keepdims else middle


def _quantile(x: Tensor, *, q: float, axis: int | None, keepdims: bool) -> Tensor:
    return torch.quantile(x, q, axis, keepdim=keepdims)


OPS: dict[str, Callable[..., Any]] = {"median": _median, "quantile": _quantile}
