"""Elements chosen or placed by their position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tensorcts.backends.torch_eager.adapting import dtype_of


def _one_hot(indices: Tensor, *, depth: int, dtype: str) -> Tensor:
    if indices.dtype.is_floating_point or depth < 1:  # torch would count the classes itself
        raise ValueError(f"one_hot: indices of {indices.dtype} in {depth} places")
    return functional.one_hot(indices.to(torch.int64), depth).to(dtype_of(dtype))


OPS: dict[str, Callable[..., Any]] = {
    "tril": lambda x, *, k: torch.tril(x, k),
    "triu": lambda x, *, k: torch.triu(x, k),
    "diag": lambda x, *, k: torch.diag(x, k),
    "meshgrid": lambda *arrays, indexing: torch.meshgrid(*arrays, indexing=indexing),
    "one_hot": _one_hot,
}
