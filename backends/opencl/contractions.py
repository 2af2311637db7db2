"""Contractions: matmul by one kernel; tensordot and linear composed of it."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from tensorcts.backends.opencl import elementwise
from tensorcts.backends.opencl.arrays import (
    DeviceArray,
    Shape,
    broadcast_shape,
    broadcasted,
    normal_axes,
    permuted,
    view,
    with_axis,
)
from tensorcts.backends.opencl.checks import has_shape, one_dtype
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.programs import TILE
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.reference import dtypes


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
    kernel = ("contractions", x.dtype, "op_matmul")
    runtime.launch(kernel, _tiles(result), x, y, result, layouts, *numbers, group=TILE * TILE)
    return result


def scaled_sum(
    runtime: Runtime,
    c: DeviceArray,
    x: DeviceArray,
    y: DeviceArray,
    *,
    alpha: float,
    beta: float,
) -> DeviceArray:
    """alpha·x·y + beta·c for two (batches of) matrices that have a product, rounded once."""
    shape = (*x.shape[:-1], y.shape[-1])
    result = runtime.empty(shape, one_dtype(c=c, x=x, y=y))
    if result.size == 0:
        return result
    operands = x, y, broadcasted(c, shape)
    layouts = layout(shape[:-2], *map(_leading, operands))
    sizes = (*x.shape[-2:-1], y.shape[-1], x.shape[-1])
    numbers = map(np.int64, (*sizes, *(s for a in operands for s in a.strides[-2:])))
    real = np.float64 if dtypes.component(x.dtype) == "float64" else np.float32
    kernel = ("contractions", x.dtype, "op_gemm")
    runtime.launch(kernel, _tiles(result), x, y, c, result, layouts, *numbers, real(alpha),
                   real(beta), group=TILE * TILE)  # fmt: skip
    return result


def _tiles(result: DeviceArray) -> int:
    *batch, m, n = result.shape
    return prod(batch) * -(-m // TILE) * -(-n // TILE)


def _leading(x: DeviceArray) -> DeviceArray:
    return view(x, x.shape[:-2], x.strides[:-2], x.offset)


def tensordot(
    runtime: Runtime,
    x: DeviceArray,
    y: DeviceArray,
    *,
    axes: int | tuple[tuple[int, ...], tuple[int, ...]],
) -> DeviceArray:
    """Both made matrices whose inner axis is what is summed over."""
    one_dtype(x=x, y=y)
    own, others = _paired(x, y, axes)
    sizes = [x.shape[a] for a in own]
    if sizes != [y.shape[a] for a in others]:
        raise ValueError(f"axes {axes} pair different sizes of {x.shape} and {y.shape}")
    rows = [a for a in range(x.ndim) if a not in own]
    columns = [a for a in range(y.ndim) if a not in others]
    kept = [x.shape[a] for a in rows], [y.shape[a] for a in columns]
    left = runtime.reshaped(permuted(x, (*rows, *own)), (prod(kept[0]), prod(sizes)))
    right = runtime.reshaped(permuted(y, (*others, *columns)), (prod(sizes), prod(kept[1])))
    return runtime.reshaped(matmul(runtime, left, right), (*kept[0], *kept[1]))


def _paired(
    x: DeviceArray, y: DeviceArray, axes: int | tuple[tuple[int, ...], tuple[int, ...]]
) -> tuple[Shape, Shape]:
    """The axes of x and of y that are summed over, counted from the start."""
    if isinstance(axes, int):
        if not 0 <= axes <= min(x.ndim, y.ndim):
            raise ValueError(f"axes must be 0 … {min(x.ndim, y.ndim)}, not {axes}")
        return tuple(range(x.ndim - axes, x.ndim)), tuple(range(axes))
    if len(axes[0]) != len(axes[1]):
        raise ValueError(f"axes {axes} must name as many axes of x as of y")
    return normal_axes(axes[0], x.ndim, "axes"), normal_axes(axes[1], y.ndim, "axes")


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
    "tensordot": tensordot,
    "linear": linear,
}
