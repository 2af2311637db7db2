"""Poolings of images: max_pool2d, avg_pool2d."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.windows import padded, reach, windows
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import op

Pair = tuple[int, int]


def _count(size: int, reach: int, stride: int, padding: int, ceil_mode: bool) -> int:
    """How many places the window has along an axis; none of them starts beyond x's end."""
    places = size + 2 * padding - reach
    count = (-(-places // stride) if ceil_mode else places // stride) + 1
    return count - int(ceil_mode and (count - 1) * stride >= size + padding)


def _require_window(kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> None:
    least = min(kernel + stride + dilation)
    require(least > 0, f"kernel {kernel}, stride {stride}, dilation {dilation} must be ≥ 1")
    half = all(0 <= p <= k // 2 for p, k in zip(padding, kernel, strict=True))
    require(half, f"padding {padding} must be ≥ 0 and at most half of the kernel, {kernel}")


def _counts(x: Any, extent: Pair, stride: Pair, padding: Pair, ceil_mode: bool) -> Pair:
    require(x.ndim == 4 and x.shape[1] > 0, f"x must be (N, C, H, W), C ≥ 1, not {x.shape}")
    rows, columns = (
        _count(*each, ceil_mode) for each in zip(x.shape[2:], extent, stride, padding, strict=True)
    )
    require(rows > 0 and columns > 0, f"the kernel, {extent}, does not fit into x, {x.shape}")
    return rows, columns


def _surrounded(
    x: Any, extent: Pair, stride: Pair, padding: Pair, counts: Pair, value: float
) -> Any:
    """``x`` padded, at the end as far as the last window reaches."""
    last = [(n - 1) * s + e for n, s, e in zip(counts, stride, extent, strict=True)]
    after = [max(m - n - p, 0) for m, n, p in zip(last, x.shape[2:], padding, strict=True)]
    return padded(x, padding, (after[0], after[1]), value)


@op(dtypes=FLOATING)
def max_pool2d(
    x: Any, *, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> Any:
    """The largest element under each place of a window that slides over images.

    Semantics: z[n, c, i, j] = max x[n, c, i·s + k·d - p, j·s + l·d - p], what is outside of x left
    out. There are ⌊(H + 2p - d·(K - 1) - 1)/s⌋ + 1 places; with ceil_mode ⌈⌉, but none that starts
    after x and its padding before.
    Constraints: (C1) x: (N, C, H, W), C ≥ 1; (C2) kernel, stride and dilation are ≥ 1; (C3) padding
    is ≥ 0 and at most half of the kernel; (C4) there is a place.
    Special values: NaN if any element is NaN; -inf where the window sees nothing of x.
    Gradient: g to the largest element, or the first NaN.
    Kinks: of equal ones to the first in row-major order.
    Source: PyTorch nn.functional.max_pool2d; ONNX MaxPool-22.
    """
    _require_window(kernel, stride, padding, dilation)
    extent = reach(kernel, dilation)
    counts = _counts(x, extent, stride, padding, ceil_mode)
    around = _surrounded(x, extent, stride, padding, counts, -np.inf)
    seen = np.moveaxis(windows(around, kernel, stride, dilation, counts), 3, 4)
    flat = np.reshape(seen, (*seen.shape[:4], kernel[0] * kernel[1]))
    first = np.argmax(flat, axis=-1, keepdims=True)
    return np.squeeze(np.take_along_axis(flat, first, -1), -1)


@op(dtypes=FLOATING)
def avg_pool2d(
    x: Any, *, kernel: Pair, stride: Pair, padding: Pair, ceil_mode: bool, count_include_pad: bool
) -> Any:
    """The mean of the elements under each place of a window that slides over images.

    Semantics: places as max_pool2d's without dilation; the sum of what the window sees of x over
    the number of these elements; with count_include_pad padding counts as well, what lies beyond it
    never. 16-bit floats accumulate in float32 or wider.
    Constraints: (C1) x: (N, C, H, W), C ≥ 1; (C2) kernel and stride are ≥ 1; (C3) padding is ≥ 0
    and at most half of the kernel; (C4) there is a place.
    Special values: NaN and inf - inf give NaN.
    Gradient: g over that number to every element seen.
    Source: PyTorch nn.functional.avg_pool2d; ONNX AveragePool-22.
    """
    _require_window(kernel, stride, padding, (1, 1))
    counts = _counts(x, kernel, stride, padding, ceil_mode)
    around = _surrounded(x, kernel, stride, padding, counts, 0.0)
    total = np.sum(windows(around, kernel, stride, (1, 1), counts), axis=(3, 5))
    margin = padding if count_include_pad else (0, 0)
    rows, columns = map(_seen, counts, x.shape[2:], kernel, stride, padding, margin)
    return total / (rows[:, None] * columns)


def _seen(count: int, size: int, kernel: int, stride: int, padding: int, margin: int) -> Any:
    """How many elements, those of the margin included, each place sees along an axis."""
    start = np.arange(count) * stride - padding
    return np.minimum(start + kernel, size + margin) - np.maximum(start, -margin)
