"""Transposes, diagonals, traces and norms of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.torch_eager.adapting import DTYPES


def _matrix_transpose(x: Tensor) -> Tensor:
    return torch.transpose(x, -2, -1)


def _trace(x: Tensor, *, offset: int, dtype: str) -> Tensor:
    """torch.trace takes one matrix and its main diagonal only."""
    diagonals = torch.diagonal(x, offset, -2, -1)
    return torch.sum(diagonals, -1, dtype=DTYPES[dtype])


OPS: dict[str, Callable[..., Any]] = {
    "matrix_transpose": _matrix_transpose,
    "diagonal": lambda x, *, offset, axis1, axis2: torch.diagonal(x, offset, axis1, axis2),
    "trace": _trace,
    "matrix_norm": lambda x, *, keepdims: torch.linalg.matrix_norm(x, keepdim=keepdims),
}
