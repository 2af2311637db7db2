"""Poolings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.nn import functional

Pair = tuple[int, int]


def _max_pool2d(
    x: Tensor, *, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> Tensor:
    return functional.max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)


def _avg_pool2d(
    x: Tensor,
    *,
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    ceil_mode: bool,
    count_include_pad: bool,
) -> Tensor:
    return functional.avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad)


OPS: dict[str, Callable[..., Any]] = {"max_pool2d": _max_pool2d, "avg_pool2d": _avg_pool2d}
