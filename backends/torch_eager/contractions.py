"""Contractions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


def _tensordot(x: Tensor, y: Tensor, *, axes: Any) -> Tensor:
    return torch.tensordot(x, y, dims=axes)


OPS: dict[str, Callable[..., Any]] = {
    "matmul": torch.matmul,
    "einsum": lambda *operands, subscripts: torch.einsum(subscripts, *operands),
    "tensordot": _tensordot,
    "linear": functional.linear,
}
