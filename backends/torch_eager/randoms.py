"""Random numbers: each op with a generator of its own on the device, seeded anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Shape = tuple[int, ...]


def _seeded(device: torch.device, seed: int) -> dict[str, Any]:
    return {"generator": torch.Generator(device).manual_seed(seed), "device": device}


def _randn(
    *, shape: Shape, mean: float, std: float, seed: int, dtype: torch.dtype, device: torch.device
) -> Tensor:
    return torch.normal(mean, std, shape, dtype=dtype, **_seeded(device, seed))


def _bernoulli(*, shape: Shape, p: float, seed: int, device: torch.device) -> Tensor:
    generator = torch.Generator(device).manual_seed(seed)
    return torch.empty(shape, dtype=torch.bool, device=device).bernoulli_(p, generator=generator)


OPS: dict[str, Callable[..., Any]] = {
    "rand": lambda *, shape, seed, dtype, device: torch.rand(
        shape, dtype=dtype, **_seeded(device, seed)
    ),
    "randn": _randn,
    "randint": lambda *, shape, low, high, seed, dtype, device: torch.randint(
        low, high, shape, dtype=dtype, **_seeded(device, seed)
    ),
    "bernoulli": _bernoulli,
    "randperm": lambda *, n, seed, device: torch.randperm(n, **_seeded(device, seed)),
}
"""Each also takes the device."""
