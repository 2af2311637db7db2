"""Products of vectors and matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def _addmm(c: Tensor, x: Tensor, y: Tensor, *, alpha: float, beta: float) -> Tensor:
    return torch.addmm(c, x, y, alpha=alpha, beta=beta)


def _baddbmm(c: Tensor, x: Tensor, y: Tensor, *, alpha: float, beta: float) -> Tensor:
    return torch.baddbmm(c, x, y, alpha=alpha, beta=beta)


OPS: dict[str, Callable[..., Any]] = {
    "dot": torch.dot,
    "vdot": torch.vdot,
    "vecdot": lambda x, y, *, axis: torch.linalg.vecdot(x, y, dim=axis),
    "outer": torch.outer,
    "kron": torch.kron,
    "cross": lambda x, y, *, axis: torch.linalg.cross(x, y, dim=axis),
    "mv": torch.mv,
    "bmm": torch.bmm,
    "addmm": _addmm,
    "baddbmm": _baddbmm,
}
