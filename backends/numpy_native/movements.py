"""Elements repeated, reversed, moved on and surrounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _roll(x: Array, *, shift: Any, axis: Any) -> Array:
    if axis is not None and np.shape(shift) != np.shape(axis):
        raise ValueError(f"shift {shift} and axis {axis} differ in number")
    return np.roll(x, shift, axis)


def _pad(x: Array, *, widths: tuple[tuple[int, int], ...], mode: str, value: Any) -> Array:
    if len(widths) != x.ndim:  # one pair would be taken for all axes
        raise ValueError(f"{len(widths)} pairs of widths for {x.ndim} axes")
    spare = {"reflect": 1, "wrap": 0}.get(mode)  # beyond, NumPy goes round once more
    if spare is not None and any(max(w) > n - spare for w, n in zip(widths, x.shape) if any(w)):
        raise ValueError(f"widths {widths} are too large to {mode} {x.shape}")
    if x.ndim == 0:
        return x.copy()
    return np.pad(x, widths, mode, **({"constant_values": value} if mode == "constant" else {}))  # type: ignore[call-overload]


OPS: dict[str, Callable[..., Any]] = {
    "tile": lambda x, *, repetitions: np.tile(x, repetitions),
    "repeat": lambda x, repeats, *, axis: np.repeat(x, repeats, axis),
    "flip": lambda x, *, axis: np.flip(x, axis),
    "roll": _roll,
    "rot90": lambda x, *, k, axes: np.rot90(x, k, axes),
    "pad": _pad,
}
