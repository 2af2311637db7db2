"""Gated and fused activations, and prelu: one kernel of two operands each, all through strides."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tensorcts.backends.opencl.arrays import (
    DeviceArray,
    broadcasted,
    normal_axis,
    sliced,
    view,
)
from tensorcts.backends.opencl.checks import has_shape, one_dtype
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.runtime import Runtime


def _launched(op: str, runtime: Runtime, x: DeviceArray, y: DeviceArray) -> DeviceArray:
    """The op of two views of one shape."""
    result = runtime.empty(x.shape, x.dtype)
    kernel = ("gates", x.dtype, f"op_{op}")
    runtime.launch_over(kernel, x.size, x, y, result, layout(x.shape, x, y))
    return result


def gated(op: str, runtime: Runtime, x: DeviceArray, *, axis: int, gate: str) -> DeviceArray:
    """One half times the activation of the other; the halves are views."""
    place = normal_axis(axis, x.ndim)
    size = x.shape[place]
    if size % 2:
        raise ValueError(f"x of shape {x.shape} has an odd size along axis {axis}")
    if gate not in ("first", "second"):
        raise ValueError(f"gate must be first or second, not {gate!r}")
    first, second = (sliced(x, place, start, size // 2) for start in (0, size // 2))
    passed, gating = (second, first) if gate == "first" else (first, second)
    return _launched(op, runtime, passed, gating)


def biased(op: str, runtime: Runtime, x: DeviceArray, bias: DeviceArray) -> DeviceArray:
    """The activation of x plus a bias along the last axis, rounded once."""
    one_dtype(x=x, bias=bias)
    if x.ndim == 0:
        raise ValueError("x must have a last axis, it is 0-d")
    has_shape("bias", bias, x.shape[-1:])
    return _launched(op, runtime, x, broadcasted(bias, x.shape))


def prelu(runtime: Runtime, x: DeviceArray, weight: DeviceArray) -> DeviceArray:
    """The slopes lie along axis 1, or there is one for all."""
    one_dtype(x=x, weight=weight)
    channels = x.shape[1] if x.ndim > 1 else 1
    if weight.shape not in ((1,), (channels,)):
        raise ValueError(f"weight must have the shape (1,) or ({channels},), not {weight.shape}")
    steps = [0] * x.ndim
    if weight.shape != (1,):
        steps[1] = weight.strides[0]
    return _launched("prelu", runtime, x, view(weight, x.shape, steps, weight.offset))


OPS: dict[str, Callable[..., Any]] = {
    "glu": partial(gated, "glu"),
    "reglu": partial(gated, "reglu"),
    "geglu": partial(gated, "geglu"),
    "swiglu": partial(gated, "swiglu"),
    "bias_relu": partial(biased, "bias_relu"),
    "bias_gelu": partial(biased, "bias_gelu"),
    "bias_gelu_tanh": partial(biased, "bias_gelu_tanh"),
    "bias_silu": partial(biased, "bias_silu"),
    "bias_tanh": partial(biased, "bias_tanh"),
    "prelu": prelu,
}
