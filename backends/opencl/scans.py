"""Scans along an axis: the axis is made the last one, and each row is scanned by a work-group."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray, normal_axis, permuted, sliced
from tensorcts.backends.opencl.checks import integer
from tensorcts.backends.opencl.elementwise import binary, rounded, widened
from tensorcts.backends.opencl.reductions import in_dtype
from tensorcts.backends.opencl.runtime import Runtime


def _order(x: DeviceArray, place: int) -> list[int]:
    """The axes with the one at ``place`` put last."""
    return [a for a in range(x.ndim) if a != place] + [place]


def _scanned(
    op: str, runtime: Runtime, x: DeviceArray, axis: int, results: list[str], lead: int | None
) -> tuple[DeviceArray, ...]:
    """The kernel of the op over the rows, its results with the axis put back by a view.

    lead: how many elements come before those of a row, None for a kernel that has none.
    """
    place = normal_axis(axis, x.ndim)
    order = _order(x, place)
    last = runtime.contiguous(permuted(x, order))
    *rest, n = last.shape
    outputs = [runtime.empty((*rest, n + (lead or 0)), dtype) for dtype in results]
    numbers = [last.offset, n] + ([] if lead is None else [lead])
    groups = prod(rest) if n + (lead or 0) else 0
    kernel = ("cumulations", x.dtype, f"op_{op}")
    runtime.launch(kernel, groups, last, *outputs, *map(np.int64, numbers))
    back = [order.index(a) for a in range(x.ndim)]
    return tuple(permuted(output, back) for output in outputs)


def accumulated(
    op: str, runtime: Runtime, x: DeviceArray, *, axis: int, include_initial: bool, dtype: str
) -> DeviceArray:
    """Integers are converted first, then added up or multiplied, wrapping."""
    wide = in_dtype(op, runtime, x, dtype)
    return _scanned(op, runtime, wide, axis, [dtype], int(include_initial))[0]


def running(
    op: str, runtime: Runtime, x: DeviceArray, *, axis: int
) -> tuple[DeviceArray, DeviceArray]:
    """Of equal elements the last one's index."""
    values, index = _scanned(op, runtime, x, axis, [x.dtype, "int64"], None)
    return values, index


def logcumsumexp(runtime: Runtime, x: DeviceArray, *, axis: int) -> DeviceArray:
    """Sums of exponentials by their logarithms alone."""
    return _scanned("logcumsumexp", runtime, x, axis, [x.dtype], 0)[0]


def diff(runtime: Runtime, x: DeviceArray, *, axis: int, n: int) -> DeviceArray:
    """Differences of views; 16-bit floats stay in float32 until the end."""
    place = normal_axis(axis, x.ndim)
    if integer("n", n) < 1:
        raise ValueError(f"n must be ≥ 1, not {n}")
    wide = widened(runtime, x)
    for _ in range(n):
        count = max(wide.shape[place] - 1, 0)
        start = min(wide.shape[place], 1)
        pair = (sliced(wide, place, s, count) for s in (start, 0))
        wide = binary("subtract", runtime, *pair)
    return rounded(runtime, wide, x.dtype)


OPS: dict[str, Callable[..., Any]] = {
    "cumulative_sum": partial(accumulated, "cumulative_sum"),
    "cumulative_prod": partial(accumulated, "cumulative_prod"),
    "cummax": partial(running, "cummax"),
    "cummin": partial(running, "cummin"),
    "logcumsumexp": logcumsumexp,
    "diff": diff,
}
