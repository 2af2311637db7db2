"""Scans along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.torch_eager.adapting import DTYPES


def _accumulated(function: Callable[..., Tensor], initial: int) -> Callable[..., Tensor]:
    """A cumulative sum or product; torch's own begins with the first element."""

    def accumulate(x: Tensor, *, axis: int, include_initial: bool, dtype: str) -> Tensor:
        scan = function(x, axis, dtype=DTYPES[dtype])
        if not include_initial:
            return scan
        shape = [1 if n == axis % x.ndim else size for n, size in enumerate(x.shape)]
        return torch.cat([scan.new_full(shape, initial), scan], axis)

    return accumulate


OPS: dict[str, Callable[..., Any]] = {
    "cumulative_sum": _accumulated(torch.cumsum, 0),
    "cumulative_prod": _accumulated(torch.cumprod, 1),
    "cummax": lambda x, *, axis: tuple(torch.cummax(x, axis)),
    "cummin": lambda x, *, axis: tuple(torch.cummin(x, axis)),
    "logcumsumexp": lambda x, *, axis: torch.logcumsumexp(x, axis),
    "diff": lambda x, *, axis, n: torch.diff(x, n, axis),
}
