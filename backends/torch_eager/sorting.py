"""Sorting and counting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def _sort(x: Tensor, *, axis: int, descending: bool, stable: bool) -> Tensor:
    return torch.sort(x, dim=axis, descending=descending, stable=stable).values


def _argsort(x: Tensor, *, axis: int, descending: bool, stable: bool) -> Tensor:
    return torch.argsort(x, dim=axis, descending=descending, stable=stable)


def _histogram(x: Tensor, *, bins: int, low: float, high: float) -> Tensor:
    """torch counts in x's dtype."""
    return torch.histogram(x, bins, range=(low, high)).hist.to(torch.int64)


OPS: dict[str, Callable[..., Any]] = {
    "sort": _sort,
    "argsort": _argsort,
    "topk": lambda x, *, k, axis, largest: tuple(torch.topk(x, k, axis, largest)),
    "searchsorted": lambda x1, x2, *, side: torch.searchsorted(x1, x2, side=side),
    "unique_values": torch.unique,
    "unique_counts": lambda x: torch.unique(x, return_counts=True),
    "unique_inverse": lambda x: torch.unique(x, return_inverse=True),
    "bincount": lambda x, *, minlength: torch.bincount(x, minlength=minlength),
    "histogram": _histogram,
}
