"""What a definition asks of its arguments before it computes."""

from __future__ import annotations

from typing import Any

import numpy as np


def require(holds: bool, message: str) -> None:
    """Raise ValueError with the message unless the condition holds.

    message: names the argument, what was given and what is allowed.
    """
    if not holds:
        raise ValueError(message)


def require_shape(name: str, array: Any, shape: tuple[int, ...]) -> None:
    """Raise ValueError unless the array called ``name`` has the shape."""
    given = np.shape(array)
    require(given == shape, f"{name} must have the shape {shape}, not {given}")


def require_broadcast(name: str, array: Any, shape: tuple[int, ...]) -> None:
    """Raise ValueError unless the array called ``name`` broadcasts to the shape."""
    given = np.shape(array)
    fits = len(given) <= len(shape) and all(
        n in (1, m) for n, m in zip(given[::-1], shape[::-1], strict=False)
    )
    require(fits, f"{name} of shape {given} does not broadcast to {shape}")
