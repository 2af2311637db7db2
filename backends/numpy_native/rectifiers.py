"""Piecewise activations and shrinkages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _leaky_relu(x: Array, *, negative_slope: float) -> Array:
    return np.where(x > 0, x, x * x.dtype.type(negative_slope))


def _prelu(x: Array, weight: Array) -> Array:
    channels = x.shape[1] if x.ndim > 1 else 1
    if weight.shape not in ((1,), (channels,)):
        raise ValueError(f"weight of shape {weight.shape} does not fit x of shape {x.shape}")
    aligned = (-1, *(1,) * (x.ndim - 2)) if x.ndim > 1 else (1,) * x.ndim
    return np.where(x > 0, x, x * weight.reshape(aligned))


def _exponential(x: Array, scale: float, alpha: float) -> Array:
    """x above 0, scale·(exp(x/alpha) - 1) below."""
    below = np.minimum(x, 0) / x.dtype.type(alpha)
    return np.where(x > 0, x, x.dtype.type(scale) * np.expm1(below))


def _celu(x: Array, *, alpha: float) -> Array:
    if alpha == 0:
        raise ValueError("alpha must not be 0")
    return _exponential(x, alpha, alpha)


def _selu(x: Array) -> Array:
    return x.dtype.type(1.0507009873554805) * _exponential(x, 1.6732632423543772, 1.0)


def _hardtanh(x: Array, *, min_val: float, max_val: float) -> Array:
    if min_val > max_val:
        raise ValueError(f"min_val {min_val} must be ≤ max_val {max_val}")
    return np.clip(x, x.dtype.type(min_val), x.dtype.type(max_val))


def _hardsigmoid(x: Array) -> Array:
    return np.clip(x + 3, 0, 6) / 6


def _threshold(x: Array, *, threshold: float, value: float) -> Array:
    return np.where(x <= x.dtype.type(threshold), x.dtype.type(value), x)


def _hardshrink(x: Array, *, lambd: float) -> Array:
    return np.where(np.abs(x) <= x.dtype.type(lambd), x.dtype.type(0), x)


def _softshrink(x: Array, *, lambd: float) -> Array:
    if not lambd >= 0:
        raise ValueError(f"lambd must be ≥ 0, not {lambd}")
    return x - np.clip(x, x.dtype.type(-lambd), x.dtype.type(lambd))


OPS: dict[str, Callable[..., Any]] = {
    "leaky_relu": through_float32(_leaky_relu),
    "prelu": through_float32(_prelu),
    "elu": through_float32(lambda x, *, alpha: _exponential(x, alpha, 1.0)),
    "celu": through_float32(_celu),
    "selu": through_float32(_selu),
    "relu6": through_float32(lambda x: np.clip(x, 0, 6)),
    "hardtanh": through_float32(_hardtanh),
    "hardsigmoid": through_float32(_hardsigmoid),
    "hardswish": through_float32(lambda x: x * _hardsigmoid(x)),
    "threshold": _threshold,
    "hardshrink": _hardshrink,
    "softshrink": through_float32(_softshrink),
}
