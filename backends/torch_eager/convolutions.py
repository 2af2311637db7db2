"""Convolutions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch.nn import functional

OPS: dict[str, Callable[..., Any]] = {
    "conv1d": functional.conv1d,
    "conv2d": functional.conv2d,
    "conv_transpose2d": functional.conv_transpose2d,
}
