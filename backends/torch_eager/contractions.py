"""Contractions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

OPS: dict[str, Callable[..., Any]] = {
    "matmul": torch.matmul,
    "einsum": lambda *operands, subscripts: torch.einsum(subscripts, *operands),
    "linear": functional.linear,
}
