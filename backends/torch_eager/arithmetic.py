"""Arithmetic beyond the four operations: torch's own, one call each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def _sign(x: Tensor) -> Tensor:
    return torch.sgn(x) if x.is_complex() else torch.sign(x)


def _trunc_divide(x: Tensor, y: Tensor) -> Tensor:
    """An error where torch would end the process: smallest / -1 on the CPU (pytorch#138425)."""
    trapping = x.device.type == "cpu" and x.dtype in (torch.int32, torch.int64)
    if trapping and bool(((x == torch.iinfo(x.dtype).min) & (y == -1)).any()):
        raise ArithmeticError("torch.div ends the process on smallest / -1; it was not called")
    return torch.div(x, y, rounding_mode="trunc")


def _clip(x: Tensor, low: Tensor | None = None, high: Tensor | None = None) -> Tensor:
    """torch's own, which asks for a bound."""
    return x.clone() if low is None and high is None else torch.clamp(x, low, high)


OPS: dict[str, Callable[..., Any]] = {
    "floor_divide": torch.floor_divide,
    "trunc_divide": _trunc_divide,
    "remainder": torch.remainder,
    "fmod": torch.fmod,
    "positive": torch.positive,
    "sign": _sign,
    "copysign": torch.copysign,
    "signbit": torch.signbit,
    "square": torch.square,
    "reciprocal": torch.reciprocal,
    "rsqrt": torch.rsqrt,
    "hypot": torch.hypot,
    "floor": torch.floor,
    "ceil": torch.ceil,
    "trunc": torch.trunc,
    "round": torch.round,
    "frac": torch.frac,
    "fmax": torch.fmax,
    "fmin": torch.fmin,
    "clip": _clip,
    "nan_to_num": torch.nan_to_num,
    "addcmul": torch.addcmul,
    "lerp": torch.lerp,
    "nextafter": torch.nextafter,
    "frexp": lambda x: tuple(torch.frexp(x)),
    "ldexp": torch.ldexp,
    "isnan": torch.isnan,
    "isinf": torch.isinf,
    "isfinite": torch.isfinite,
    "isclose": torch.isclose,
    "bitwise_and": torch.bitwise_and,
    "bitwise_or": torch.bitwise_or,
    "bitwise_xor": torch.bitwise_xor,
    "bitwise_invert": torch.bitwise_not,
    "bitwise_left_shift": torch.bitwise_left_shift,
    "bitwise_right_shift": torch.bitwise_right_shift,
}
