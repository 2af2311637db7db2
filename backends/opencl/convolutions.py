"""Convolutions: one kernel, a product of tiles, for all of them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import prod
from typing import Any

from tensorcts.backends.opencl.arrays import DeviceArray, Shape, with_axis
from tensorcts.backends.opencl.checks import has_shape, one_dtype
from tensorcts.backends.opencl.programs import TILE
from tensorcts.backends.opencl.runtime import Runtime

Pair = tuple[int, int]

_PACKING = struct.Struct("21q")


def _check(x: DeviceArray, weight: DeviceArray, groups: int, **settings: Pair) -> None:
    if x.ndim != 4 or weight.ndim != 4:
        raise ValueError(f"x and weight need one number of axes, not {x.shape}, {weight.shape}")
    if groups < 1 or weight.shape[0] % groups:
        raise ValueError(f"groups {groups} must divide the channels of weight, {weight.shape}")
    for name, pair in settings.items():
        if min(pair) < int("padding" not in name):
            raise ValueError(f"{name} {pair} is too small")


def _convolved(
    runtime: Runtime,
    x: DeviceArray,
    weight: DeviceArray,
    bias: DeviceArray | None,
    channels: Pair,
    size: Shape,
    settings: tuple[Pair, Pair, Pair],
    *,
    groups: int,
    transposed: bool,
) -> DeviceArray:
    """The kernel for results of that size; ``channels`` are those of one group, in and out."""
    dtype = one_dtype(x=x, weight=weight, bias=bias)
    outputs = groups * channels[1]
    if bias is not None:
        has_shape("bias", bias, (outputs,))
    packed = [runtime.contiguous(a) for a in (x, weight, weight if bias is None else bias)]
    result = runtime.empty((x.shape[0], outputs, *size), dtype)
    numbers = [x.shape[0], groups, *channels, *x.shape[2:], *size, *weight.shape[2:]]
    numbers += [n for pair in settings for n in pair]
    numbers += [*(a.offset for a in packed), bias is not None, transposed]
    tiles = groups * -(-channels[1] // TILE) * -(-x.shape[0] * prod(size) // TILE)
    kernel = ("convolutions", dtype, "op_convolution")
    runtime.launch(kernel, tiles, *packed, result, _PACKING.pack(*numbers), group=TILE * TILE)
    return result


def conv2d(
    runtime: Runtime,
    x: DeviceArray,
    weight: DeviceArray,
    bias: DeviceArray | None = None,
    *,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> DeviceArray:
    """Without a copy of what the kernels see."""
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    _check(x, weight, groups, **settings)
    if x.shape[1] != weight.shape[1] * groups:
        raise ValueError(f"weight of shape {weight.shape} does not fit x of shape {x.shape}")
    size = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    )
    if min(size) < 1:
        raise ValueError(f"the kernel, {weight.shape[2:]}, does not fit into x, {x.shape}")
    channels = weight.shape[1], weight.shape[0] // groups
    each = stride, padding, dilation
    return _convolved(
        runtime, x, weight, bias, channels, size, each, groups=groups, transposed=False
    )


def conv1d(
    runtime: Runtime,
    x: DeviceArray,
    weight: DeviceArray,
    bias: DeviceArray | None = None,
    *,
    stride: int,
    padding: int,
    dilation: int,
    groups: int,
) -> DeviceArray:
    """A conv2d of images with one row."""
    if x.ndim != 3 or weight.ndim != 3:
        raise ValueError(f"x and weight must be 3-d, not {x.shape} and {weight.shape}")
    z = conv2d(
        runtime,
        with_axis(x, 2),
        with_axis(weight, 2),
        bias,
        stride=(1, stride),
        padding=(0, padding),
        dilation=(1, dilation),
        groups=groups,
    )
    return runtime.reshaped(z, (*z.shape[:2], z.shape[3]))


def conv_transpose2d(
    runtime: Runtime,
    x: DeviceArray,
    weight: DeviceArray,
    bias: DeviceArray | None = None,
    *,
    stride: Pair,
    padding: Pair,
    output_padding: Pair,
    dilation: Pair,
    groups: int,
) -> DeviceArray:
    """Each pixel of the result gathers what painted it."""
    margins = {"padding": padding, "output_padding": output_padding}
    _check(x, weight, groups, stride=stride, dilation=dilation, **margins)
    if x.shape[1] != weight.shape[0] or min(x.shape[2:]) < 1:
        raise ValueError(f"weight of shape {weight.shape} does not fit x of shape {x.shape}")
    if not all(e < max(s, d) for e, s, d in zip(output_padding, stride, dilation)):
        raise ValueError(f"output_padding {output_padding} must be below stride or dilation")
    size = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, k, s, p, d, e in zip(
            x.shape[2:], weight.shape[2:], stride, padding, dilation, output_padding
        )
    )
    if min(size) < 1:
        raise ValueError(f"padding {padding} leaves nothing of the result")
    channels = weight.shape[0] // groups, weight.shape[1]
    each = stride, padding, dilation
    return _convolved(
        runtime, x, weight, bias, channels, size, each, groups=groups, transposed=True
    )


OPS: dict[str, Callable[..., Any]] = {
    "conv1d": conv1d,
    "conv2d": conv2d,
    "conv_transpose2d": conv_transpose2d,
}
