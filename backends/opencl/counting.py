"""Counting by atomic additions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray
from tensorcts.backends.opencl.checks import integer
from tensorcts.backends.opencl.creation import zeros
from tensorcts.backends.opencl.elementwise import astype
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.reductions import extremum
from tensorcts.backends.opencl.runtime import Runtime


def _extreme(op: str, runtime: Runtime, x: DeviceArray) -> int:
    return int(runtime.download(extremum(op, runtime, x, axis=None, keepdims=False)))


def bincount(runtime: Runtime, x: DeviceArray, *, minlength: int) -> DeviceArray:
    """One counter for each number up to the largest."""
    if x.ndim != 1:
        raise ValueError(f"x must be 1-d, not of shape {x.shape}")
    if integer("minlength", minlength) < 0:
        raise ValueError(f"minlength must be ≥ 0, not {minlength}")
    if x.size and (smallest := _extreme("min", runtime, x)) < 0:
        raise ValueError(f"x must not be negative, but holds {smallest}")
    length = max(minlength, _extreme("max", runtime, x) + 1 if x.size else 0)
    counts = zeros(runtime, shape=(length,), dtype="int32")
    kernel = ("bins", x.dtype, "op_bincount")
    runtime.launch_over(kernel, x.size, x, counts, layout(x.shape, x))
    return astype(runtime, counts, dtype="int64")


def histogram(
    runtime: Runtime, x: DeviceArray, *, bins: int, low: float, high: float
) -> DeviceArray:
    """One counter for each bin."""
    if integer("bins", bins) < 1:
        raise ValueError(f"bins must be ≥ 1, not {bins}")
    if not low < high:
        raise ValueError(f"low must be less than high, not {low} and {high}")
    real = np.float64 if runtime.has_double else np.float32
    counts = zeros(runtime, shape=(bins,), dtype="int32")
    numbers = layout(x.shape, x), np.int64(bins), real(low), real(high)
    runtime.launch_over(("bins", x.dtype, "op_histogram"), x.size, x, counts, *numbers)
    return astype(runtime, counts, dtype="int64")


OPS: dict[str, Callable[..., Any]] = {"bincount": bincount, "histogram": histogram}
