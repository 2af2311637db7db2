"""Activation functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


def _glu(x: Tensor, *, axis: int, gate: str) -> Tensor:
    """The second half gates, so that the halves change places where the first one shall."""
    if gate not in ("first", "second"):
        raise ValueError(f"gate must be first or second, not {gate!r}")
    if gate == "first" and x.shape[axis]:
        x = torch.roll(x, x.shape[axis] // 2, axis)
    return functional.glu(x, axis)


OPS: dict[str, Callable[..., Any]] = {
    "relu": torch.relu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "silu": functional.silu,
    "sigmoid": torch.sigmoid,
    "log_sigmoid": functional.logsigmoid,
    "softplus": lambda x, *, beta, threshold: functional.softplus(x, beta, threshold),
    "mish": functional.mish,
    "softsign": functional.softsign,
    "tanhshrink": functional.tanhshrink,
    "leaky_relu": lambda x, *, negative_slope: functional.leaky_relu(x, negative_slope),
    "prelu": functional.prelu,
    "elu": lambda x, *, alpha: functional.elu(x, alpha),
    "celu": lambda x, *, alpha: functional.celu(x, alpha),
    "selu": functional.selu,
    "relu6": functional.relu6,
    "hardtanh": lambda x, *, min_val, max_val: functional.hardtanh(x, min_val, max_val),
    "hardsigmoid": functional.hardsigmoid,
    "hardswish": functional.hardswish,
    "threshold": lambda x, *, threshold, value: functional.threshold(x, threshold, value),
    "hardshrink": lambda x, *, lambd: functional.hardshrink(x, lambd),
    "softshrink": lambda x, *, lambd: functional.softshrink(x, lambd),
    "glu": _glu,
}
