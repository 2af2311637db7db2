"""Joining and splitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

OPS: dict[str, Callable[..., Any]] = {
    "concat": lambda *arrays, axis: torch.cat(arrays, axis),
    "stack": lambda *arrays, axis: torch.stack(arrays, axis),
    "split": lambda x, *, sizes, axis: torch.split(x, list(sizes), axis),
    "chunk": lambda x, *, chunks, axis: torch.chunk(x, chunks, axis),
    "tensor_split": lambda x, *, sections, axis: torch.tensor_split(x, sections, axis),
    "unstack": lambda x, *, axis: torch.unbind(x, axis),
}
