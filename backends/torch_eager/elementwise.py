"""Elementwise ops: torch's own, one call each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tensorcts.backends.torch_eager.adapting import dtype_of


def _bitcast(x: torch.Tensor, *, dtype: str) -> torch.Tensor:
    target = dtype_of(dtype)
    if target.itemsize != x.itemsize or torch.bool in (target, x.dtype):  # torch views any size
        raise ValueError(f"bitcast: no {x.dtype} has the bits of a {dtype}")
    return x.view(target)


OPS: dict[str, Callable[..., Any]] = {
    "add": torch.add,
    "subtract": torch.subtract,
    "multiply": torch.multiply,
    "divide": torch.divide,
    "negative": torch.negative,
    "abs": torch.abs,
    "sqrt": torch.sqrt,
    "pow": torch.pow,
    "exp": torch.exp,
    "expm1": torch.expm1,
    "log": torch.log,
    "log1p": torch.log1p,
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "asin": torch.asin,
    "acos": torch.acos,
    "atan": torch.atan,
    "atan2": torch.atan2,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "tanh": torch.tanh,
    "asinh": torch.asinh,
    "acosh": torch.acosh,
    "atanh": torch.atanh,
    "equal": torch.eq,
    "not_equal": torch.ne,
    "less": torch.lt,
    "less_equal": torch.le,
    "greater": torch.gt,
    "greater_equal": torch.ge,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "where": torch.where,
    "logical_and": torch.logical_and,
    "logical_or": torch.logical_or,
    "logical_xor": torch.logical_xor,
    "logical_not": torch.logical_not,
    "astype": lambda x, *, dtype: x.to(dtype_of(dtype), copy=True),
    "bitcast": _bitcast,
}
