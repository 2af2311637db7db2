"""Poolings: a kernel each."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from tensorcts.backends.opencl.arrays import DeviceArray
from tensorcts.backends.opencl.runtime import Runtime

Pair = tuple[int, int]

_PACKING = struct.Struct("15q")


def _places(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool) -> int:
    """How many places the window has along an axis."""
    if min(kernel, stride, dilation) < 1:
        raise ValueError(f"kernel {kernel}, stride {stride}, dilation {dilation} must be ≥ 1")
    reach = dilation * (kernel - 1) + 1
    if not 0 <= padding <= kernel // 2:
        raise ValueError(f"padding {padding} must be 0 … half of the kernel, {kernel // 2}")
    free = size + 2 * padding - reach
    count = (-(-free // stride) if ceil else free // stride) + 1
    count -= ceil and (count - 1) * stride >= size + padding
    if count < 1:
        raise ValueError(f"a kernel that reaches over {reach} does not fit into {size}")
    return count


def _pooled(
    op: str,
    runtime: Runtime,
    x: DeviceArray,
    settings: tuple[Pair, Pair, Pair, Pair],
    *,
    ceil_mode: bool,
    counts_padding: bool = False,
) -> DeviceArray:
    """settings: kernel, stride, padding, dilation."""
    if x.ndim != 4 or x.shape[1] < 1:
        raise ValueError(f"x must be (N, C, H, W), C ≥ 1, not {x.shape}")
    size = [_places(n, *each, ceil_mode) for n, each in zip(x.shape[2:], zip(*settings))]
    packed = runtime.contiguous(x)
    result = runtime.empty((*x.shape[:2], *size), x.dtype)
    numbers = [result.size, packed.offset, *x.shape[2:], *size]
    numbers += [*(n for pair in settings for n in pair), counts_padding]
    kernel = ("poolings", x.dtype, f"op_{op}")
    runtime.launch_over(kernel, result.size, packed, result, _PACKING.pack(*numbers))
    return result


def max_pool2d(
    runtime: Runtime,
    x: DeviceArray,
    *,
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    ceil_mode: bool,
) -> DeviceArray:
    """A NaN that the window sees stays."""
    settings = kernel, stride, padding, dilation
    return _pooled("max_pool2d", runtime, x, settings, ceil_mode=ceil_mode)


def avg_pool2d(
    runtime: Runtime,
    x: DeviceArray,
    *,
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    ceil_mode: bool,
    count_include_pad: bool,
) -> DeviceArray:
    """16-bit floats accumulate in float32."""
    settings = kernel, stride, padding, (1, 1)
    return _pooled(
        "avg_pool2d", runtime, x, settings, ceil_mode=ceil_mode, counts_padding=count_include_pad
    )


OPS: dict[str, Callable[..., Any]] = {"max_pool2d": max_pool2d, "avg_pool2d": avg_pool2d}
