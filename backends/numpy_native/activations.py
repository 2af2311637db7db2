"""Activation functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _gelu(x: Array) -> Array:
    return x * (scipy.special.erfc(x * x.dtype.type(-np.sqrt(0.5))) * x.dtype.type(0.5))


def _gelu_tanh(x: Array) -> Array:
    inner = x.dtype.type(np.sqrt(2 / np.pi)) * (x + x.dtype.type(0.044715) * (x * x * x))
    return x * ((1 + np.tanh(inner)) * x.dtype.type(0.5))


def _log_one_plus_exp(x: Array) -> Array:
    return np.logaddexp(x.dtype.type(0), x)


def _softplus(x: Array, *, beta: float, threshold: float) -> Array:
    if not beta > 0:
        raise ValueError(f"beta must be > 0, not {beta}")
    scaled = x * x.dtype.type(beta)
    return np.where(scaled > threshold, x, _log_one_plus_exp(scaled) / x.dtype.type(beta))


def _swish(x: Array, *, beta: float) -> Array:
    if not beta > 0:
        raise ValueError(f"beta must be > 0, not {beta}")
    return x / (1 + np.exp(x * x.dtype.type(-beta)))


OPS: dict[str, Callable[..., Any]] = {
    "relu": lambda x: np.maximum(x, x.dtype.type(0)),
    "gelu": through_float32(_gelu),
    "gelu_tanh": through_float32(_gelu_tanh),
    "silu": through_float32(lambda x: x / (1 + np.exp(-x))),
    "swish": through_float32(_swish),
    "sigmoid": through_float32(scipy.special.expit),
    "log_sigmoid": through_float32(scipy.special.log_expit),
    "softplus": through_float32(_softplus),
    "mish": through_float32(lambda x: x * np.tanh(_log_one_plus_exp(x))),
    "softsign": through_float32(lambda x: x / (1 + np.abs(x))),
    "tanhshrink": through_float32(lambda x: x - np.tanh(x)),
}
