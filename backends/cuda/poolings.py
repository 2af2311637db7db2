"""Poolings, by kernels of ours: CuPy has none."""

from __future__ import annotations

from typing import Any

import cupy

from tensorcts.backends.cuda.adapting import Function
from tensorcts.backends.cuda.image_kernels import pool

Pair = tuple[int, int]


def _places(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool) -> int:
    """How many places the window has along an axis."""
    if min(kernel, stride, dilation) < 1 or not 0 <= padding <= kernel // 2:
        raise ValueError(
            f"kernel {kernel}, stride {stride}, padding {padding}, dilation {dilation} do not fit"
        )
    free = size + 2 * padding - dilation * (kernel - 1) - 1
    count = (-(-free // stride) if ceil else free // stride) + 1
    return count - int(ceil and (count - 1) * stride >= size + padding)


def _pooled(
    name: str,
    x: Any,
    settings: tuple[Pair, Pair, Pair, Pair],
    *,
    ceil_mode: bool,
    counts: bool = False,
) -> Any:
    """settings: kernel, stride, padding, dilation."""
    if x.ndim != 4 or x.shape[1] < 1:
        raise ValueError(f"x must be (N, C, H, W), C ≥ 1, not {x.shape}")
    size = [_places(n, *each, ceil_mode) for n, each in zip(x.shape[2:], zip(*settings))]
    if min(size) < 1:
        raise ValueError(f"a window of {settings[0]} does not fit into {x.shape}")
    z = cupy.empty((*x.shape[:2], *size), x.dtype)
    numbers = [*x.shape[2:], *size, *(n for pair in settings for n in pair), int(counts)]
    return pool(name, x, z, numbers)


def _max_pool2d(
    x: Any, *, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> Any:
    return _pooled("max_pool2d", x, (kernel, stride, padding, dilation), ceil_mode=ceil_mode)


def _avg_pool2d(
    x: Any, *, kernel: Pair, stride: Pair, padding: Pair, ceil_mode: bool, count_include_pad: bool
) -> Any:
    settings = kernel, stride, padding, (1, 1)
    return _pooled("avg_pool2d", x, settings, ceil_mode=ceil_mode, counts=count_include_pad)


OPS: dict[str, Function] = {"max_pool2d": _max_pool2d, "avg_pool2d": _avg_pool2d}
