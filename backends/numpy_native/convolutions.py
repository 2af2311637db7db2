"""Convolutions over NumPy's sliding windows; 16-bit floats accumulate in float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]
Pair = tuple[int, int]


def _with_bias(y: Array, bias: Array | None) -> Array:
    if bias is None:
        return y
    if bias.shape != y.shape[1:2]:
        raise ValueError(f"bias must have the shape {y.shape[1:2]}, not {bias.shape}")
    return y + bias[:, None, None]


def _check_channels(inputs: int, groups: int, each: int, *all_of_them: int) -> None:
    divided = groups > 0 and all(n % groups == 0 for n in all_of_them)
    if not divided or each * groups != inputs:
        raise ValueError(f"{groups} groups of {each} channels do not fit {inputs} channels")


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    """An einsum of the windows with the kernels, group by group."""
    _check_channels(x.shape[1], groups, weight.shape[1], weight.shape[0])
    around = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    reach = [(k - 1) * d + 1 for k, d in zip(weight.shape[2:], dilation, strict=True)]
    (down, right), (rows, columns) = stride, dilation
    seen = sliding_window_view(around, reach, (2, 3))[:, :, ::down, ::right, ::rows, ::columns]
    grouped = seen.reshape(len(x), groups, weight.shape[1], *seen.shape[2:])
    filters = weight.reshape(groups, weight.shape[0] // groups, *weight.shape[1:])
    y = np.einsum("ngcijkl,gockl->ngoij", grouped, filters, optimize=True)
    return _with_bias(y.reshape(len(x), len(weight), *y.shape[3:]), bias)


def _conv1d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: int,
    padding: int,
    dilation: int,
    groups: int,
) -> Array:
    y = conv2d(
        x[:, :, None],
        weight[:, :, None],
        bias,
        stride=(1, stride),
        padding=(0, padding),
        dilation=(1, dilation),
        groups=groups,
    )
    return y[:, :, 0]


def _conv_transpose2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: Pair,
    padding: Pair,
    output_padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    """Each element of the kernels times x, added where it belongs."""
    _check_channels(x.shape[1], groups, weight.shape[0] // max(groups, 1), len(weight))
    if not all(0 <= e < max(s, d) for e, s, d in zip(output_padding, stride, dilation)):
        raise ValueError(f"output_padding {output_padding} must be below stride or dilation")
    if min(padding) < 0 or min(stride) < 1 or min(dilation) < 1:
        raise ValueError(f"stride {stride}, padding {padding} or dilation {dilation} is too small")
    height, width = (
        (n - 1) * s + (k - 1) * d + 1 + e
        for n, s, k, d, e in zip(x.shape[2:], stride, weight.shape[2:], dilation, output_padding)
    )
    if height <= 2 * padding[0] or width <= 2 * padding[1]:
        raise ValueError(f"padding {padding} leaves nothing of ({height}, {width})")
    grouped = x.reshape(len(x), groups, len(weight) // groups, *x.shape[2:])
    filters = weight.reshape(groups, len(weight) // groups, *weight.shape[1:])
    y = np.zeros((len(x), groups, weight.shape[1], height, width), x.dtype)
    for k, m in np.ndindex(*weight.shape[2:]):
        part = np.einsum("ngcij,gco->ngoij", grouped, filters[..., k, m], optimize=True)
        place = y[..., k * dilation[0] :: stride[0], m * dilation[1] :: stride[1]]
        place[..., : x.shape[2], : x.shape[3]] += part
    cropped = y[..., padding[0] : height - padding[0], padding[1] : width - padding[1]]
    return _with_bias(cropped.reshape(len(x), groups * weight.shape[1], *cropped.shape[3:]), bias)


OPS: dict[str, Callable[..., Any]] = {
    "conv1d": through_float32(_conv1d),
    "conv2d": through_float32(conv2d),
    "conv_transpose2d": through_float32(_conv_transpose2d),
}
