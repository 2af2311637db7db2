"""Activation functions."""

from __future__ import annotations

import math
from typing import Any

import cupy

from tensorcts.backends.cuda.activation_kernels import paired, unary
from tensorcts.backends.cuda.adapting import Function
from tensorcts.backends.cuda.kernels import elementwise


def _demand(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)


def _plain(name: str) -> Function:
    """A kernel without attributes."""
    return lambda x: unary(name, x)


def _swish(x: Any, *, beta: float) -> Any:
    _demand(beta > 0, f"beta must be > 0, not {beta}")
    return unary("swish", x, beta)


def _softplus(x: Any, *, beta: float, threshold: float) -> Any:
    _demand(beta > 0, f"beta must be > 0, not {beta}")
    return unary("softplus", x, beta, threshold)


def _celu(x: Any, *, alpha: float) -> Any:
    _demand(alpha != 0, "alpha must not be 0")
    return unary("celu", x, alpha)


def _hardtanh(x: Any, *, min_val: float, max_val: float) -> Any:
    _demand(min_val <= max_val, f"min_val {min_val} must be ≤ max_val {max_val}")
    return unary("hardtanh", x, min_val, max_val)


def _softshrink(x: Any, *, lambd: float) -> Any:
    _demand(lambd >= 0, f"lambd must be ≥ 0, not {lambd}")
    return unary("softshrink", x, lambd)


def _prelu(x: Any, weight: Any) -> Any:
    channels = x.shape[1] if x.ndim > 1 else 1
    _demand(weight.shape in ((1,), (channels,)), f"weight {weight.shape} does not fit {x.shape}")
    return paired("prelu", x, weight, max(math.prod(x.shape[2:]), 1))


def _gated(name: str) -> Function:
    """One half times the activation of the other, by the kernel ``name``."""

    def gate_half(x: Any, *, axis: int, gate: str) -> Any:
        _demand(-x.ndim <= axis < x.ndim, f"axis {axis} is out of range for {x.ndim} axes")
        _demand(x.shape[axis] % 2 == 0, f"{x.shape} has an odd size along axis {axis}")
        _demand(gate in ("first", "second"), f"gate must be first or second, not {gate!r}")
        first, second = cupy.split(x, 2, axis)
        return paired(name, second, first) if gate == "first" else paired(name, first, second)

    return gate_half


def _biased(name: str) -> Function:
    """The activation of x plus a bias along the last axis, by the kernel ``name``."""

    def add_bias(x: Any, bias: Any) -> Any:
        _demand(x.ndim > 0 and bias.shape == x.shape[-1:], f"{bias.shape} does not fit {x.shape}")
        return paired(name, x, bias)

    return add_bias


OPS: dict[str, Function] = {
    "relu": lambda x: cupy.maximum(x, x.dtype.type(0)),
    "gelu": lambda x: elementwise("gelu", x),
    "gelu_tanh": lambda x: elementwise("gelu_tanh", x),
    "silu": lambda x: elementwise("silu", x),
    "swish": _swish,
    "sigmoid": _plain("sigmoid"),
    "log_sigmoid": _plain("log_sigmoid"),
    "softplus": _softplus,
    "mish": _plain("mish"),
    "softsign": _plain("softsign"),
    "leaky_relu": lambda x, *, negative_slope: unary("leaky_relu", x, negative_slope),
    "prelu": _prelu,
    "elu": lambda x, *, alpha: unary("elu", x, alpha),
    "celu": _celu,
    "selu": _plain("selu"),
    "relu6": _plain("relu6"),
    "hardtanh": _hardtanh,
    "hardsigmoid": _plain("hardsigmoid"),
    "hardswish": _plain("hardswish"),
    "threshold": lambda x, *, threshold, value: unary("threshold", x, threshold, value),
    "tanhshrink": _plain("tanhshrink"),
    "hardshrink": lambda x, *, lambd: unary("hardshrink", x, lambd),
    "softshrink": _softshrink,
    "glu": _gated("glu"),
    "reglu": _gated("reglu"),
    "geglu": _gated("geglu"),
    "swiglu": _gated("swiglu"),
    "bias_relu": _biased("bias_relu"),
    "bias_gelu": _biased("bias_gelu"),
    "bias_gelu_tanh": _biased("bias_gelu_tanh"),
    "bias_silu": _biased("bias_silu"),
    "bias_tanh": _biased("bias_tanh"),
}
