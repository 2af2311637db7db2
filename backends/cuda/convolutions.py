"""Convolutions, by a kernel of ours: CuPy has none."""

from __future__ import annotations

from math import prod
from typing import Any

import cupy

from tensorcts.backends.cuda.adapting import Function
from tensorcts.backends.cuda.image_kernels import TILE, convolve

Pair = tuple[int, int]


def _check(x: Any, weight: Any, groups: int, inputs: int, **settings: Pair) -> None:
    shapes = f"x {x.shape}, weight {weight.shape}, groups {groups}"
    if x.ndim != 4 or weight.ndim != 4 or min(x.shape[2:]) < 1:
        raise ValueError(f"x and weight must be images and kernels: {shapes}")
    if groups < 1 or weight.shape[0] % groups or x.shape[1] != inputs:
        raise ValueError(f"the channels do not fit: {shapes}")
    for name, pair in settings.items():
        if min(pair) < int("padding" not in name):
            raise ValueError(f"{name} {pair} is too small")


def _convolved(
    x: Any,
    weight: Any,
    bias: Any,
    channels: Pair,
    size: list[int],
    settings: tuple[Pair, Pair, Pair],
    *,
    groups: int,
    transposed: bool,
) -> Any:
    """A result of that size; ``channels`` are those of one group, in and out."""
    outputs = groups * channels[1]
    if min(size) < 1:
        raise ValueError(f"the result has the size {size}")
    if bias is not None and bias.shape != (outputs,):
        raise ValueError(f"bias must have the shape {(outputs,)}, not {bias.shape}")
    z = cupy.empty((x.shape[0], outputs, *size), x.dtype)
    tiles = groups * -(-channels[1] // TILE) * -(-x.shape[0] * prod(size) // TILE)
    numbers = [x.shape[0], groups, *channels, *x.shape[2:], *size, *weight.shape[2:]]
    numbers += [*(n for pair in settings for n in pair), int(transposed)]
    return convolve(x, weight, bias, z, tiles, numbers)


def _conv2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    *,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Any:
    each = {"stride": stride, "padding": padding, "dilation": dilation}
    _check(x, weight, groups, weight.shape[1] * groups, **each)
    size = [
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    ]
    channels, settings = (weight.shape[1], weight.shape[0] // groups), (stride, padding, dilation)
    return _convolved(x, weight, bias, channels, size, settings, groups=groups, transposed=False)


def _conv1d(
    x: Any, weight: Any, bias: Any = None, *, stride: int, padding: int, dilation: int, groups: int
) -> Any:
    """Images with one row."""
    z = _conv2d(
        x[:, :, None],
        weight[:, :, None],
        bias,
        stride=(1, stride),
        padding=(0, padding),
        dilation=(1, dilation),
        groups=groups,
    )
    return z[:, :, 0]


def _conv_transpose2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    *,
    stride: Pair,
    padding: Pair,
    output_padding: Pair,
    dilation: Pair,
    groups: int,
) -> Any:
    margins = {"padding": padding, "output_padding": output_padding}
    _check(x, weight, groups, weight.shape[0], stride=stride, dilation=dilation, **margins)
    if not all(e < max(s, d) for e, s, d in zip(output_padding, stride, dilation)):
        raise ValueError(f"output_padding {output_padding} must be below stride or dilation")
    size = [
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, k, s, p, d, e in zip(
            x.shape[2:], weight.shape[2:], stride, padding, dilation, output_padding
        )
    ]
    channels, settings = (weight.shape[0] // groups, weight.shape[1]), (stride, padding, dilation)
    return _convolved(x, weight, bias, channels, size, settings, groups=groups, transposed=True)


OPS: dict[str, Function] = {
    "conv1d": _conv1d,
    "conv2d": _conv2d,
    "conv_transpose2d": _conv_transpose2d,
}
