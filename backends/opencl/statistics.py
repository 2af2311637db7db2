"""Order statistics: a work-group a row finds an element by the bytes of its key."""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray, Shape, normal_axis
from tensorcts.backends.opencl.reductions import axes_of, demand_some, reduced
from tensorcts.backends.opencl.runtime import Runtime


def _axes(op: str, x: DeviceArray, axis: int | None) -> Shape:
    """The axis, or all of them; ValueError where there is no element along them."""
    axes = axes_of(None, x.ndim) if axis is None else (normal_axis(axis, x.ndim),)
    demand_some(op, x, axes)
    return axes


def median(runtime: Runtime, x: DeviceArray, *, axis: int | None, keepdims: bool) -> DeviceArray:
    """The lower one of two in the middle."""
    return reduced("median", runtime, x, _axes("median", x, axis), keepdims, family="selections")


def quantile(
    runtime: Runtime, x: DeviceArray, *, q: float, axis: int | None, keepdims: bool
) -> DeviceArray:
    """Two neighbours and a linear interpolation between them."""
    if not 0 <= q <= 1:
        raise ValueError(f"q must be in [0, 1], not {q}")
    axes = _axes("quantile", x, axis)
    position = q * (runtime.matrix(x, axes).shape[1] - 1)
    real = np.float64 if x.dtype == "float64" else np.float32
    extra = np.int64(floor(position)), real(position - floor(position))
    return reduced("quantile", runtime, x, axes, keepdims, *extra, family="selections")


OPS: dict[str, Callable[..., Any]] = {"median": median, "quantile": quantile}
