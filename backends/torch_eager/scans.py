"""Scans along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.backends.torch_eager.adapting import DTYPES


def _accumulated(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A cumulative sum or product, which torch begins with the first element."""

    def accumulate(x: Tensor, *, axis: int, include_initial: bool, dtype: str) -> Tensor:
        if include_initial:
            raise UnsupportedError("torch's scans begin with the first element")
        return function(x, axis, dtype=DTYPES[dtype])

    return accumulate


OPS: dict[str, Callable[..., Any]] = {
    "cumulative_sum": _accumulated(torch.cumsum),
    "cumulative_prod": _accumulated(torch.cumprod),
    "cummax": lambda x, *, axis: tuple(torch.cummax(x, axis)),
    "cummin": lambda x, *, axis: tuple(torch.cummin(x, axis)),
    "logcumsumexp": lambda x, *, axis: torch.logcumsumexp(x, axis),
    "diff": lambda x, *, axis, n: torch.diff(x, n, axis),
}
