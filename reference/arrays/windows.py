"""Windows: what a kernel that slides over an image sees, made of primitives."""

from __future__ import annotations

from typing import Any

import numpy as np

Pair = tuple[int, int]


def padded(x: Any, before: Pair, after: Pair, value: float) -> Any:
    """``x`` with so many rows and columns of ``value`` around its last two axes."""
    for axis, ends in zip((-2, -1), zip(before, after, strict=True), strict=True):
        sides = [_constant(x.shape, axis, n, value) for n in ends]
        x = np.concatenate([sides[0], x, sides[1]], axis=axis)
    return x


def _constant(shape: tuple[int, ...], axis: int, count: int, value: float) -> Any:
    sizes = list(shape)
    sizes[axis] = count
    return np.full(sizes, value)


def windows(x: Any, kernel: Pair, stride: Pair, dilation: Pair, counts: Pair) -> Any:
    """The elements under the kernel at each of its places: (…, rows, k, columns, l).

    counts: the number of places along each axis.
    """
    for axis, place in zip((2, 4), zip(counts, stride, kernel, dilation, strict=True), strict=True):
        x = np.take(x, positions(*place), axis=axis)
    return x


def positions(count: int, stride: int, kernel: int, dilation: int) -> Any:
    """Which element each place of the kernel sees: a matrix of places by elements."""
    return np.arange(count)[:, None] * stride + np.arange(kernel) * dilation


def reach(kernel: Pair, dilation: Pair) -> Pair:
    """The sizes of the dilated kernel."""
    return (kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1
