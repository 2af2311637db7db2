"""Creation ops; those without an array take the device too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.torch_eager.adapting import dtype_of


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


def _asarray(
    *, values: tuple[Any, ...], shape: tuple[int, ...], dtype: torch.dtype, device: torch.device
) -> Tensor:
    return torch.tensor(values, dtype=dtype, device=device).reshape(shape)


OPS: dict[str, Callable[..., Any]] = {
    "zeros": lambda *, shape, **where: torch.zeros(shape, **where),
    "ones": lambda *, shape, **where: torch.ones(shape, **where),
    "empty": lambda *, shape, **where: torch.empty(shape, **where),
    "full": lambda *, shape, value, **where: torch.full(shape, value, **where),
    "eye": _eye,
    "arange": _arange,
    "linspace": lambda *, start, stop, num, **where: torch.linspace(start, stop, num, **where),
    "logspace": lambda *, start, stop, num, base, **where: torch.logspace(
        start, stop, num, base, **where
    ),
    "asarray": _asarray,
}

LIKE: dict[str, Callable[..., Any]] = {
    "empty_like": lambda x, *, dtype: torch.empty_like(x, dtype=dtype_of(dtype)),
    "zeros_like": lambda x, *, dtype: torch.zeros_like(x, dtype=dtype_of(dtype)),
    "ones_like": lambda x, *, dtype: torch.ones_like(x, dtype=dtype_of(dtype)),
    "full_like": lambda x, *, value, dtype: torch.full_like(x, value, dtype=dtype_of(dtype)),
}
"""Those that take the device from an array."""
