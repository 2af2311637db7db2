"""Contractions: matmul by one kernel; linear composed of it."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from tensorcts.backends.opencl import elementwise
from tensorcts.backends.opencl.arrays import (
    DeviceArray,
    broadcast_shape,
    broadcasted,
    permuted,
    view,
    with_axis,
)
from tensorcts.backends.opencl.checks import has_shape, one_dtype
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.programs import TILE
from tensorcts.backends.opencl.runtime import Runtime


def matmul(runtime: Runtime, x: DeviceArray, y: DeviceArray) -> DeviceArray:
    """Batched over the leading axes, which broadcast; a 1-d x is a row, a 1-d y a column."""
    one_dtype(x=x, y=y)
    if x.ndim == 0 or y.ndim == 0:
        raise ValueError(f"x and y must have axes, not the shapes {x.shape} and {y.shape}")
    left = with_axis(x, 0) if x.ndim == 1 else x
    right = with_axis(y, 1) if y.ndim == 1 else y
    if left.shape[-1] != right.shape[-2]:
        raise ValueError(f"x of shape {x.shape} has no product with y of shape {y.shape}")
    product = _matrices(runtime, left, right)
    rows = product.shape[-2:-1] if x.ndim > 1 else ()
    columns = product.shape[-1:] if y.ndim > 1 else ()
    return runtime.reshaped(product, (*product.shape[:-2], *rows, *columns))


def _matrices(runtime: Runtime, x: DeviceArray, y: DeviceArray) -> DeviceArray:
    (m, k), n = x.shape[-2:], y.shape[-1]
    batch = broadcast_shape(x.shape[:-2], y.shape[:-2])
    result = runtime.empty((*batch, m, n), x.dtype)
    if result.size == 0:
        return result
    layouts = layout(batch, *(broadcasted(_leading(a), batch) for a in (x, y)))
    numbers = map(np.int64, (m, n, k, *x.strides[-2:], *y.strides[-2:]))
    tiles = prod(batch) * -(-m // TILE) * -(-n // TILE)
    kernel = ("contractions", x.dtype, "op_matmul")
    runtime.launch(kernel, tiles, x, y, result, layouts, *numbers, group=TILE * TILE)
    return result


def _leading(x: DeviceArray) -> DeviceArray:
    return view(x, x.shape[:-2], x.strides[:-2], x.offset)


def linear(
    runtime: Runtime, x: DeviceArray, weight: DeviceArray, bias: DeviceArray | None = None
) -> DeviceArray:
    """16-bit products stay in float32 until the bias is added."""
    dtype = one_dtype(x=x, weight=weight, bias=bias)
    if weight.ndim != 2:
        raise ValueError(f"weight must be 2-d, not of shape {weight.shape}")
    if x.ndim == 0:
        raise ValueError("x must have at least one axis")
    turned = permuted(weight, (1, 0))
    if bias is None:
        return matmul(runtime, x, turned)
    has_shape("bias", bias, weight.shape[:1])
    wide = [elementwise.widened(runtime, a) for a in (x, turned, bias)]
    product = matmul(runtime, wide[0], wide[1])
    total = elementwise.binary("add", runtime, product, wide[2])
    return elementwise.rounded(runtime, total, dtype)


OPS: dict[str, Callable[..., Any]] = {
    "matmul": matmul,
    "linear": linear,
}
