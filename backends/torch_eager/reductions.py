"""Reductions."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tensorcts.backends.torch_eager.adapting import DTYPES, axes_of


def _prod(x: Tensor, *, axis: Any, keepdims: bool, dtype: str) -> Tensor:
    """torch.prod knows one axis, so several are made one first."""
    axes = axes_of(x, axis)
    rest = [a for a in range(x.ndim) if a not in axes]
    sizes = *(x.shape[a] for a in rest), math.prod(x.shape[a] for a in axes)
    flat = torch.permute(x, (*rest, *axes)).reshape(sizes)
    out = torch.prod(flat, -1, dtype=DTYPES[dtype])
    for a in sorted(axes) if keepdims else ():
        out = out.unsqueeze(a)
    return out


def _var(x: Tensor, *, axis: Any, correction: int, keepdims: bool) -> Tensor:
    axes = axes_of(x, axis)
    with warnings.catch_warnings():
        if x.numel() == 0 or math.prod(x.shape[a] for a in axes) <= correction:
            warnings.filterwarnings("ignore", "var.*degrees of freedom")
        return torch.var(x, axes, correction=correction, keepdim=keepdims)


def _argmax(x: Tensor, *, axis: int | None, keepdims: bool) -> Tensor:
    return torch.argmax(x, axis, keepdim=keepdims)


def _argmin(x: Tensor, *, axis: int | None, keepdims: bool) -> Tensor:
    return torch.argmin(x, axis, keepdim=keepdims)


OPS: dict[str, Callable[..., Any]] = {
    "sum": lambda x, *, axis, keepdims, dtype: torch.sum(
        x, axes_of(x, axis), keepdim=keepdims, dtype=DTYPES[dtype]
    ),
    "mean": lambda x, *, axis, keepdims: torch.mean(x, axes_of(x, axis), keepdim=keepdims),
    "max": lambda x, *, axis, keepdims: torch.amax(x, axes_of(x, axis), keepdim=keepdims),
    "min": lambda x, *, axis, keepdims: torch.amin(x, axes_of(x, axis), keepdim=keepdims),
    "argmax": _argmax,
    "argmin": _argmin,
    "var": _var,
    "prod": _prod,
    "any": lambda x, *, axis, keepdims: torch.any(x, axes_of(x, axis), keepdim=keepdims),
    "all": lambda x, *, axis, keepdims: torch.all(x, axes_of(x, axis), keepdim=keepdims),
}
