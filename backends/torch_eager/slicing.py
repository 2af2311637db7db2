"""Slicing: views; negative steps raise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def _setitem(x: Tensor, y: Tensor, *, index: tuple[Any, ...]) -> Tensor:
    out = x.clone()
    out[index] = y
    return out


OPS: dict[str, Callable[..., Any]] = {
    "select": lambda x, *, axis, index: torch.select(x, axis, index),
    "getitem": lambda x, *, index: x[index],
    "setitem": _setitem,
    "unfold": lambda x, *, axis, size, step: x.unfold(axis, size, step),
}
