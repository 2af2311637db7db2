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


def _std(x: Tensor, *, axis: Any, correction: int, keepdims: bool) -> Tensor:
    axes = axes_of(x, axis)
    with warnings.catch_warnings():
        if x.numel() == 0 or math.prod(x.shape[a] for a in axes) <= correction:
            warnings.filterwarnings("ignore", "std.*degrees of freedom")
        return torch.std(x, axes, correction=correction, keepdim=keepdims)


def _count_nonzero(x: Tensor, *, axis: Any, keepdims: bool) -> Tensor:
    """torch.count_nonzero keeps no axes."""
    axes = axes_of(x, axis)
    out = torch.count_nonzero(x, axes)
    for a in sorted(axes) if keepdims else ():
        out = out.unsqueeze(a)
    return out


def _vector_norm(x: Tensor, *, axis: Any, ord: float, keepdims: bool) -> Tensor:
    return torch.linalg.vector_norm(x, ord, axes_of(x, axis), keepdims)


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
    "std": _std,
    # Of uint8 torch's any and all are uint8 themselves, as its manual says.
    "any": lambda x, *, axis, keepdims: torch.any(x, axes_of(x, axis), keepdim=keepdims).bool(),
    "all": lambda x, *, axis, keepdims: torch.all(x, axes_of(x, axis), keepdim=keepdims).bool(),
    "count_nonzero": _count_nonzero,
    "nansum": lambda x, *, axis, keepdims: torch.nansum(x, axes_of(x, axis), keepdim=keepdims),
    "nanmean": lambda x, *, axis, keepdims: torch.nanmean(x, axes_of(x, axis), keepdim=keepdims),
    "logsumexp": lambda x, *, axis, keepdims: torch.logsumexp(x, axes_of(x, axis), keepdims),
    "vector_norm": _vector_norm,
}
