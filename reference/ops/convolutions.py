"""Convolutions, in the sense of cross-correlation: conv1d, conv2d, conv_transpose2d."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import scatter_sum
from tensorcts.reference.arrays.windows import padded, positions, reach, windows
from tensorcts.reference.constraints import require, require_shape
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import op

Pair = tuple[int, int]


def _require_settings(**settings: Pair) -> None:
    """Padding may be 0, everything else is at least 1."""
    for name, pair in settings.items():
        least = int("padding" not in name)
        require(min(pair) >= least, f"{name} must be ≥ {least}, not {pair}")


def _require_channels(x: Any, weight: Any, groups: int) -> None:
    shapes = f"x {x.shape}, weight {weight.shape}, groups {groups}"
    require(x.ndim == weight.ndim == 4, f"x and weight need one number of axes: {shapes}")
    divides = groups > 0 and weight.shape[0] % groups == 0
    require(divides, f"groups must divide weight's channels: {shapes}")


def _with_bias(y: Any, bias: Any) -> Any:
    if bias is None:
        return y
    require_shape("bias", bias, y.shape[1:2])
    return y + np.expand_dims(bias, (1, 2))


@op(dtypes=FLOATING)
def conv2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    *,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Any:
    """The cross-correlation of images with kernels, plus a bias for each output channel.

    Semantics: z[n, o, i, j] = b[o] + Σ x[n, c, i·s + k·d - p, j·s + l·d - p]·w[o, c, k, l] over k,
    l and the channels c of o's group, with stride s, dilation d, and zeros where p padded x.
    Constraints: (C1) x: (N, C, H, W), weight: (O, C/groups, K, L), bias: (O,) or none; (C2) groups
    divides C and O; (C3) stride, dilation and kernel are ≥ 1, padding ≥ 0; (C4) the dilated kernel
    fits into the padded x.
    Special values: NaN and inf spread as 0·inf = NaN says, to all windows that they stand in.
    Gradient: by the chain rule; for x it is the transposed convolution of g.
    Source: ONNX Conv-22; PyTorch nn.functional.conv2d.
    """
    _require_channels(x, weight, groups)
    require(x.shape[1] == weight.shape[1] * groups, f"weight {weight.shape} does not fit {x.shape}")
    kernel = weight.shape[2:]
    _require_settings(stride=stride, padding=padding, dilation=dilation, kernel=kernel)
    around = padded(x, padding, padding, 0.0)
    free = [n - r for n, r in zip(around.shape[2:], reach(kernel, dilation), strict=True)]
    require(min(free) >= 0, f"the kernel, {kernel}, does not fit into the padded x, {around.shape}")
    counts = free[0] // stride[0] + 1, free[1] // stride[1] + 1
    seen = windows(around, kernel, stride, dilation, counts)
    grouped = np.reshape(seen, (x.shape[0], groups, weight.shape[1], *seen.shape[2:]))
    filters = np.reshape(weight, (groups, weight.shape[0] // groups, *weight.shape[1:]))
    z = np.einsum("ngcikjl,gockl->ngoij", grouped, filters)
    return _with_bias(np.reshape(z, (z.shape[0], weight.shape[0], *z.shape[3:])), bias)


@op(dtypes=FLOATING)
def conv1d(
    x: Any, weight: Any, bias: Any = None, *, stride: int, padding: int, dilation: int, groups: int
) -> Any:
    """The cross-correlation of signals with kernels, plus a bias for each output channel.

    Semantics: conv2d's along the one axis there is.
    Constraints: (C1) x: (N, C, L), weight: (O, C/groups, K), bias: (O,) or none; (C2) groups
    divides C and O; (C3) stride, dilation and kernel are ≥ 1, padding ≥ 0; (C4) the dilated kernel
    fits into the padded x.
    Special values: as conv2d's.
    Gradient: as conv2d's.
    Source: ONNX Conv-22; PyTorch nn.functional.conv1d.
    """
    shapes = f"x {x.shape}, weight {weight.shape}"
    require(x.ndim == weight.ndim == 3, f"x and weight must be 3-d: {shapes}")
    z = conv2d(
        np.expand_dims(x, -2),
        np.expand_dims(weight, -2),
        bias,
        stride=(1, stride),
        padding=(0, padding),
        dilation=(1, dilation),
        groups=groups,
    )
    return np.squeeze(z, -2)


def _painted(strokes: Any, stride: Pair, padding: Pair, more: Pair, dilation: Pair) -> Any:
    """The strokes (n, g, o, i, k, j, l), each added at the place where it belongs, then cropped."""
    n, groups, outputs, rows, k, columns, m = strokes.shape
    down = positions(rows, stride[0], k, dilation[0])
    across = positions(columns, stride[1], m, dilation[1])
    height, width = int(down[-1, -1]) + 1 + more[0], int(across[-1, -1]) + 1 + more[1]
    bottom, right = height - padding[0], width - padding[1]
    fits = bottom > padding[0] and right > padding[1]
    require(fits, f"padding {padding} leaves nothing of ({height}, {width})")
    updates = np.reshape(strokes, (n, groups * outputs, down.size * across.size))
    places = np.reshape(down[:, :, None, None] * width + across, (-1,))
    canvas = np.zeros_like(updates, shape=(*updates.shape[:2], height * width))
    painted = scatter_sum(canvas, np.broadcast_to(places, updates.shape), updates, axis=2)
    image = np.reshape(painted, (*updates.shape[:2], height, width))
    return image[:, :, padding[0] : bottom, padding[1] : right]


@op(dtypes=FLOATING, also_known_as=("deconvolution",))
def conv_transpose2d(
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
    """The transpose of conv2d as a linear map: each element of x paints a kernel, scaled by it.

    Semantics: z[n, o, i·s + k·d - p, j·s + l·d - p] gathers Σ x[n, c, i, j]·w[c, o, k, l] over the
    channels c of o's group, plus b[o]; H is (H - 1)·s - 2p + d·(K - 1) + output_padding + 1 after.
    Constraints: (C1) x: (N, C, H, W), weight: (C, O/groups, K, L), bias: (O,) or none; (C2) groups
    divides C; (C3) stride, dilation and kernel are ≥ 1, paddings ≥ 0; (C4) output_padding is below
    stride or dilation; (C5) the result has no negative size.
    Special values: as conv2d's.
    Gradient: by the chain rule; for x it is the conv2d of g.
    Source: ONNX ConvTranspose-22; PyTorch nn.functional.conv_transpose2d.
    """
    _require_channels(x, weight, groups)
    require(x.shape[1] == weight.shape[0], f"weight {weight.shape} does not fit x {x.shape}")
    kernel = weight.shape[2:]
    require(min(x.shape[2:]) > 0, f"x must have rows and columns, not the shape {x.shape}")
    margins = {"padding": padding, "output_padding": output_padding}
    _require_settings(stride=stride, dilation=dilation, kernel=kernel, **margins)
    below = all(e < max(s, d) for e, s, d in zip(output_padding, stride, dilation, strict=True))
    require(below, f"output_padding {output_padding} must be below stride or dilation")
    grouped = np.reshape(x, (x.shape[0], groups, weight.shape[0] // groups, *x.shape[2:]))
    filters = np.reshape(weight, (groups, weight.shape[0] // groups, *weight.shape[1:]))
    strokes = np.einsum("ngcij,gcokl->ngoikjl", grouped, filters)
    return _with_bias(_painted(strokes, stride, padding, output_padding, dilation), bias)
