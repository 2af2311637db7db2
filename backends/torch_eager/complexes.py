"""Complex numbers and their parts: torch's own; its parts are views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

OPS: dict[str, Callable[..., Any]] = {
    "complex": torch.complex,
    "real": torch.real,
    "imag": torch.imag,
    "conj": torch.conj_physical,
    "angle": torch.angle,
}
