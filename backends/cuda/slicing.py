"""Slicing: views."""

from __future__ import annotations

from typing import Any

import cupy
from numpy.lib.array_utils import normalize_axis_index

from tensorcts.backends.cuda.adapting import Function, bits


def _lead(x: Any, axis: int) -> tuple[slice, ...]:
    """The index of all that lies before an axis."""
    return (slice(None),) * normalize_axis_index(axis, x.ndim)


def _setitem(x: Any, y: Any, *, index: tuple[Any, ...]) -> Any:
    out = x.copy()
    out[index] = y
    return out


def _unfold(x: Any, *, axis: int, size: int, step: int) -> Any:
    if step < 1 or not 1 <= size <= x.shape[axis]:
        raise ValueError(f"size {size} and step {step} of windows in {x.shape[axis]}")
    windows = cupy.lib.stride_tricks.sliding_window_view(x, size, axis)
    return windows[(*_lead(x, axis), slice(None, None, step))]


OPS: dict[str, Function] = {
    "select": lambda x, *, axis, index: x[(*_lead(x, axis), index)],
    "getitem": lambda x, *, index: x[index],
    "setitem": bits(_setitem),
    "unfold": _unfold,
}
