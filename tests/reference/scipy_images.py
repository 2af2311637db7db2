"""Convolutions and poolings by scipy.signal and scipy.ndimage, image by image."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage, signal
from scipy_functions import only, oracle

Pair = tuple[int, int]


def spread(kernel: Any, steps: Pair) -> Any:
    """The matrix with zeros put between its rows and columns, step - 1 of them."""
    sizes = [(n - 1) * s + 1 for n, s in zip(kernel.shape, steps, strict=True)]
    wide = np.zeros(sizes, kernel.dtype)
    wide[:: steps[0], :: steps[1]] = kernel
    return wide


def only_finite(x: Any) -> None:
    only(len(x) > 0 and bool(np.all(np.isfinite(x))), "finite images: it multiplies zeros, too")


@oracle
def conv2d(
    x: Any, weight: Any, bias: Any = None, *, stride: Pair, padding: Pair, dilation: Pair,
    groups: int,
) -> Any:  # fmt: skip
    only_finite(x)
    around = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    inputs, outputs = weight.shape[1], weight.shape[0] // groups

    def plane(image: Any, o: int) -> Any:
        channels = range(inputs)
        first = o // outputs * inputs
        total = sum(
            signal.correlate2d(image[first + c], spread(weight[o, c], dilation), "valid")
            for c in channels
        )
        return total[:: stride[0], :: stride[1]] + (0 if bias is None else bias[o])

    return np.array([[plane(image, o) for o in range(len(weight))] for image in around])


@oracle
def conv1d(
    x: Any, weight: Any, bias: Any = None, *, stride: int, padding: int, dilation: int, groups: int
) -> Any:
    image, kernel = x[:, :, None], weight[:, :, None]
    steps = {"stride": (1, stride), "padding": (0, padding), "dilation": (1, dilation)}
    return conv2d(image, kernel, bias, **steps, groups=groups)[:, :, 0]


@oracle
def conv_transpose2d(
    x: Any, weight: Any, bias: Any = None, *, stride: Pair, padding: Pair, output_padding: Pair,
    dilation: Pair, groups: int,
) -> Any:  # fmt: skip
    only_finite(x)
    inputs, outputs = len(weight) // groups, weight.shape[1]

    def plane(image: Any, o: int) -> Any:
        group = o // outputs
        total = sum(
            signal.convolve2d(
                spread(image[c], stride), spread(weight[c, o % outputs], dilation), "full"
            )
            for c in range(group * inputs, (group + 1) * inputs)
        )
        longer = np.pad(total, [(0, e) for e in output_padding])
        ends = [n - p for n, p in zip(longer.shape, padding, strict=True)]
        cropped = longer[padding[0] : ends[0], padding[1] : ends[1]]
        return cropped + (0 if bias is None else bias[o])

    return np.array([[plane(image, o) for o in range(groups * outputs)] for image in x])


def places(size: int, kernel: int, stride: int, padding: int, ceil_mode: bool) -> Any:
    """Where the windows start, before ``padding`` is taken off."""
    last = size + 2 * padding - kernel
    starts = np.arange(0, last + (stride if ceil_mode else 1), stride)
    return starts[starts < size + padding]


def windows_from(x: Any, reach: Pair, stride: Pair, padding: Pair, ceil_mode: bool) -> Any:
    return np.ix_(*map(places, x.shape[2:], reach, stride, padding, (ceil_mode,) * 2))


@oracle
def max_pool2d(
    x: Any, *, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> Any:
    only(len(x) > 0, "batches of something")
    mask = spread(np.ones(kernel, bool), dilation)
    room = [(p, p + n + s) for p, n, s in zip(padding, mask.shape, stride, strict=True)]
    around = np.pad(x, [(0, 0), (0, 0), *room], constant_values=-np.inf)
    chosen = windows_from(x, mask.shape, stride, padding, ceil_mode)
    origin = [-(n // 2) for n in mask.shape]
    found = [
        [ndimage.maximum_filter(plane, footprint=mask, origin=origin)[chosen] for plane in image]
        for image in around
    ]
    return np.array(found)


@oracle
def avg_pool2d(
    x: Any, *, kernel: Pair, stride: Pair, padding: Pair, ceil_mode: bool, count_include_pad: bool
) -> Any:
    only(len(x) > 0, "batches of something")
    room = [(p, p + n + s) for p, n, s in zip(padding, kernel, stride, strict=True)]
    around = np.pad(x, [(0, 0), (0, 0), *room])
    inside = [(p, p) if count_include_pad else (0, 0) for p in padding]
    counted = np.pad(np.ones(x.shape[2:]), inside, constant_values=1.0)
    rest = [tuple(np.subtract(*pair)) for pair in zip(room, inside, strict=True)]
    counted = np.pad(counted, rest)
    chosen = windows_from(x, kernel, stride, padding, ceil_mode)
    origin = [-(n // 2) for n in kernel]

    def total(plane: Any) -> Any:
        return ndimage.correlate(plane, np.ones(kernel), origin=origin, mode="constant")[chosen]

    return np.array([[total(plane) / total(counted) for plane in image] for image in around])
