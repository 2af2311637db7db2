"""Activation functions: elementwise kernels of their own, with up to two real attributes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.runtime import Runtime


def unary(op: str, runtime: Runtime, x: DeviceArray) -> DeviceArray:
    """An activation without attributes."""
    return _mapped(op, runtime, x)


def parametric(op: str, runtime: Runtime, x: DeviceArray, p: float, q: float = 0) -> DeviceArray:
    """An activation with one or two attributes."""
    real = np.float64 if x.dtype == "float64" else np.float32
    return _mapped(op, runtime, x, real(p), real(q))


def _mapped(op: str, runtime: Runtime, x: DeviceArray, *numbers: Any) -> DeviceArray:
    result = runtime.empty(x.shape, x.dtype)
    kernel = ("activations", x.dtype, f"op_{op}")
    runtime.launch_over(kernel, x.size, x, result, layout(x.shape, x), *numbers)
    return result


def _demand(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)


def swish(runtime: Runtime, x: DeviceArray, *, beta: float) -> DeviceArray:
    """ValueError for a slope that is not positive."""
    _demand(beta > 0, f"beta must be > 0, not {beta}")
    return parametric("swish", runtime, x, beta)


def softplus(runtime: Runtime, x: DeviceArray, *, beta: float, threshold: float) -> DeviceArray:
    """ValueError for a slope that is not positive."""
    _demand(beta > 0, f"beta must be > 0, not {beta}")
    return parametric("softplus", runtime, x, beta, threshold)


def celu(runtime: Runtime, x: DeviceArray, *, alpha: float) -> DeviceArray:
    """ValueError for an alpha of 0."""
    _demand(alpha != 0, f"alpha must not be 0, it is {alpha}")
    return parametric("celu", runtime, x, alpha)


def hardtanh(runtime: Runtime, x: DeviceArray, *, min_val: float, max_val: float) -> DeviceArray:
    """ValueError for ends in the wrong order."""
    _demand(min_val <= max_val, f"min_val {min_val} must be ≤ max_val {max_val}")
    return parametric("hardtanh", runtime, x, min_val, max_val)


def softshrink(runtime: Runtime, x: DeviceArray, *, lambd: float) -> DeviceArray:
    """ValueError for a negative lambd."""
    _demand(lambd >= 0, f"lambd must be ≥ 0, not {lambd}")
    return parametric("softshrink", runtime, x, lambd)


OPS: dict[str, Callable[..., Any]] = {
    "relu": partial(unary, "relu"),
    "gelu": partial(unary, "gelu"),
    "gelu_tanh": partial(unary, "gelu_tanh"),
    "silu": partial(unary, "silu"),
    "swish": swish,
    "sigmoid": partial(unary, "sigmoid"),
    "log_sigmoid": partial(unary, "log_sigmoid"),
    "softplus": softplus,
    "mish": partial(unary, "mish"),
    "softsign": partial(unary, "softsign"),
    "leaky_relu": lambda runtime, x, *, negative_slope: parametric(
        "leaky_relu", runtime, x, negative_slope
    ),
    "elu": lambda runtime, x, *, alpha: parametric("elu", runtime, x, alpha),
    "celu": celu,
    "selu": partial(unary, "selu"),
    "relu6": partial(unary, "relu6"),
    "hardtanh": hardtanh,
    "hardsigmoid": partial(unary, "hardsigmoid"),
    "hardswish": partial(unary, "hardswish"),
    "threshold": lambda runtime, x, *, threshold, value: parametric(
        "threshold", runtime, x, threshold, value
    ),
    "tanhshrink": partial(unary, "tanhshrink"),
    "hardshrink": lambda runtime, x, *, lambd: parametric("hardshrink", runtime, x, lambd),
    "softshrink": softshrink,
}
