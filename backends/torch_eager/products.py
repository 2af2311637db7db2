"""Products of vectors and matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.protocol import UnsupportedError


def _vecdot(x: Tensor, y: Tensor, *, axis: int) -> Tensor:
    if not x.is_floating_point() and not x.is_complex():
        raise UnsupportedError(f"torch: linalg.vecdot takes no {x.dtype}")
    return torch.linalg.vecdot(x, y, dim=axis)


def _addmm(c: Tensor, x: Tensor, y: Tensor, *, alpha: float, beta: float) -> Tensor:
    return torch.addmm(c, x, y, alpha=alpha, beta=beta)


def _baddbmm(c: Tensor, x: Tensor, y: Tensor, *, alpha: float, beta: float) -> Tensor:
    return torch.baddbmm(c, x, y, alpha=alpha, beta=beta)


OPS: dict[str, Callable[..., Any]] = {
    "dot": torch.dot,
    "vdot": torch.vdot,
    "vecdot": _vecdot,
    "outer": torch.outer,
    "kron": torch.kron,
    "cross": lambda x, y, *, axis: torch.linalg.cross(x, y, dim=axis),
    "mv": torch.mv,
    "bmm": torch.bmm,
    "addmm": _addmm,
    "baddbmm": _baddbmm,
}
