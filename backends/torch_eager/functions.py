"""Exponentials, trigonometric and special functions: torch's own, one call each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

OPS: dict[str, Callable[..., Any]] = {
    "exp2": torch.exp2,
    "log2": torch.log2,
    "log10": torch.log10,
    "logaddexp": torch.logaddexp,
    "sinc": torch.sinc,
    "deg2rad": torch.deg2rad,
    "rad2deg": torch.rad2deg,
    "erf": torch.erf,
    "erfc": torch.erfc,
    "erfinv": torch.erfinv,
    "lgamma": torch.lgamma,
    "digamma": torch.digamma,
    "xlogy": torch.xlogy,
    "xlog1py": torch.special.xlog1py,
    "logit": torch.logit,
}
