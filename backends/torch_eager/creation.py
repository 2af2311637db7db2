"""Creation ops: each also takes the device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def _eye(*, rows: int, columns: int, k: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    if k == 0:
        return torch.eye(rows, columns, dtype=dtype, device=device)
    out = torch.zeros(rows, columns, dtype=dtype, device=device)
    if -rows < k < columns:
        out.diagonal(k).fill_(1)
    return out


def _arange(
    *, start: float, stop: float, step: float, dtype: torch.dtype, device: torch.device
) -> Tensor:
    if (stop - start) / step <= 0:  # torch raises where the definition has no numbers
        return torch.empty(0, dtype=dtype, device=device)
    return torch.arange(start, stop, step, dtype=dtype, device=device)


OPS: dict[str, Callable[..., Any]] = {
    "zeros": lambda *, shape, **where: torch.zeros(shape, **where),
    "ones": lambda *, shape, **where: torch.ones(shape, **where),
    "full": lambda *, shape, value, **where: torch.full(shape, value, **where),
    "eye": _eye,
    "arange": _arange,
    "linspace": lambda *, start, stop, num, **where: torch.linspace(start, stop, num, **where),
}
