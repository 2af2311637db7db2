"""Poolings over NumPy's sliding windows; 16-bit floats accumulate in float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]
Pair = tuple[int, int]


def _check(kernel: Pair, stride: Pair, padding: Pair, dilation: Pair = (1, 1)) -> None:
    if min(kernel + stride + dilation) < 1:
        raise ValueError(f"kernel {kernel}, stride {stride} and dilation {dilation} must be ≥ 1")
    if not all(0 <= p <= k // 2 for p, k in zip(padding, kernel)):
        raise ValueError(f"padding {padding} must be 0 … half of the kernel, {kernel}")


def _places(size: int, reach: int, stride: int, padding: int, ceil_mode: bool) -> int:
    """How many windows there are along an axis."""
    free = size + 2 * padding - reach
    count = (-(-free // stride) if ceil_mode else free // stride) + 1
    return count - int(ceil_mode and (count - 1) * stride >= size + padding)


def _windows(
    x: Array, reach: Pair, stride: Pair, padding: Pair, *, ceil_mode: bool, around: float
) -> Array:
    """What the window sees at each place, in two more axes."""
    counts = [_places(*each, ceil_mode) for each in zip(x.shape[2:], reach, stride, padding)]
    if min(counts) < 1:
        raise ValueError(f"a window of {reach} does not fit into {x.shape} with padding {padding}")
    ends = [(c - 1) * s + r for c, s, r in zip(counts, stride, reach)]
    sides = [(p, max(e - n - p, 0)) for p, e, n in zip(padding, ends, x.shape[2:])]
    padded = np.pad(x, ((0, 0), (0, 0), *sides), constant_values=x.dtype.type(around))
    seen = sliding_window_view(padded, reach, (2, 3))[:, :, :: stride[0], :: stride[1]]
    return seen[:, :, : counts[0], : counts[1]]


def _max_pool2d(
    x: Array, *, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> Array:
    _check(kernel, stride, padding, dilation)
    reach = (kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1
    seen = _windows(x, reach, stride, padding, ceil_mode=ceil_mode, around=-np.inf)
    return np.max(seen[..., :: dilation[0], :: dilation[1]], axis=(-2, -1))


def _avg_pool2d(
    x: Array, *, kernel: Pair, stride: Pair, padding: Pair, ceil_mode: bool, count_include_pad: bool
) -> Array:
    _check(kernel, stride, padding)
    seen = _windows(x, kernel, stride, padding, ceil_mode=ceil_mode, around=0.0)
    margin = padding if count_include_pad else (0, 0)
    inside = np.ones((1, 1, *(n + 2 * m for n, m in zip(x.shape[2:], margin))), x.dtype)
    rest = padding[0] - margin[0], padding[1] - margin[1]
    counted = np.pad(inside, ((0, 0), (0, 0), *((r, r) for r in rest)))
    ends = [(c - 1) * s + k for c, s, k in zip(seen.shape[2:4], stride, kernel)]
    longer = [(0, max(e - n, 0)) for e, n in zip(ends, counted.shape[2:])]
    counted = np.pad(counted, ((0, 0), (0, 0), *longer))
    counts = sliding_window_view(counted, kernel, (2, 3))[:, :, :: stride[0], :: stride[1]]
    counts = counts[:, :, : seen.shape[2], : seen.shape[3]]
    return np.sum(seen, axis=(-2, -1)) / np.sum(counts, axis=(-2, -1))


OPS: dict[str, Callable[..., Any]] = {
    "max_pool2d": _max_pool2d,
    "avg_pool2d": through_float32(_avg_pool2d),
}
