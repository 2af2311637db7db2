"""Slicing: views, also where NumPy's own result would be a scalar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[Any]


def _getitem(x: Array, *, index: tuple[Any, ...]) -> Array:
    whole = index if any(part is ... for part in index) else (*index, ...)
    return np.asarray(x[whole])


def _select(x: Array, *, axis: int, index: int) -> Array:
    return _getitem(x, index=(slice(None),) * normalize_axis_index(axis, x.ndim) + (index,))


def _setitem(x: Array, y: Array, *, index: tuple[Any, ...]) -> Array:
    out = x.copy()
    out[index] = y
    return out


def _unfold(x: Array, *, axis: int, size: int, step: int) -> Array:
    if step < 1:
        raise ValueError(f"step is {step}, not 1 or more")
    lead = (slice(None),) * normalize_axis_index(axis, x.ndim)
    bits = x.view(f"V{x.itemsize}")  # NumPy's stride tricks know no dtypes but its own
    windows = np.asarray(sliding_window_view(bits, size, axis)[(*lead, slice(None, None, step))])
    return windows.view(x.dtype)


OPS: dict[str, Callable[..., Any]] = {
    "select": _select,
    "getitem": _getitem,
    "setitem": _setitem,
    "unfold": _unfold,
}
